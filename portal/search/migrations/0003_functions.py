"""The functions of the search.

search_find is SECURITY DEFINER because `@@` is not leakproof: under row-level security its index would not be used. So it holds
the tenant and the walls of search_entry itself, and returns ids alone, which pages join back.
"""

from django.db import migrations

from portal.search.indexing import DEFINER

LANGUAGES = "'english', 'german', 'norwegian', 'russian', 'hungarian'"

LANGUAGE = f"""
CREATE FUNCTION search_language(body text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
-- The language whose stop words leave the fewest words over; 'simple' when no language takes away an eighth of them.
DECLARE sample text := left(body, 1500); name text; left_over bigint; least bigint; best text := 'simple';
BEGIN
  IF sample ~ '[іїєґІЇЄҐ]' THEN RETURN 'simple'; END IF;
  SELECT coalesce(sum(cardinality(positions)), 0) * 7 / 8 INTO least FROM unnest(to_tsvector('simple', sample));
  FOREACH name IN ARRAY ARRAY[{LANGUAGES}] LOOP
    SELECT coalesce(sum(cardinality(positions)), 0) INTO left_over FROM unnest(to_tsvector(name::regconfig, sample));
    IF left_over < least THEN least := left_over; best := name; END IF;
  END LOOP;
  RETURN best;
END $$
"""

WORDS = """
CREATE FUNCTION search_words(language text, title text, body text) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$
-- 100,000 letters, because a tsvector holds a megabyte. Word forms by the language, and the words as they are written.
SELECT to_tsvector('simple', t) || CASE language WHEN 'simple' THEN '' ELSE to_tsvector(language::regconfig, t) END
FROM (SELECT left(translate(concat_ws(E'\\n', title, body), E'\\\\<>', '   '), 100000) AS t) s
$$
"""

QUERY = f"""
CREATE FUNCTION search_query(wanted text[], phrases text[], unwanted text[]) RETURNS tsquery LANGUAGE plpgsql IMMUTABLE AS $$
-- Each word as a beginning, or as a form of itself in one of the languages; stop words alone are nothing to look for.
DECLARE word text; one tsquery; whole tsquery := ''::tsquery; name text;
BEGIN
  FOREACH word IN ARRAY wanted LOOP
    one := search_beginning(word);
    FOREACH name IN ARRAY ARRAY[{LANGUAGES}] LOOP one := one || plainto_tsquery(name::regconfig, word); END LOOP;
    whole := whole && one;
  END LOOP;
  FOREACH word IN ARRAY phrases LOOP whole := whole && phraseto_tsquery('simple', word); END LOOP;
  FOREACH word IN ARRAY unwanted LOOP
    one := search_beginning(word);
    IF numnode(one) > 0 THEN whole := whole && !!one; END IF;
  END LOOP;
  RETURN whole;
END $$
"""

BEGINNING = """
CREATE FUNCTION search_beginning(word text) RETURNS tsquery LANGUAGE sql IMMUTABLE AS $$
SELECT coalesce(string_agg(quote_literal(lexeme) || ':*', ' & '), '')::tsquery
FROM unnest(to_tsvector('simple', translate(word, E'\\\\', ' ')))
$$
"""

STEMS = f"""
CREATE FUNCTION search_stems(wanted text[]) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
SELECT array_agg(DISTINCT stem) FROM unnest(wanted) w, unnest(ARRAY['simple', {LANGUAGES}]) name,
  unnest(tsvector_to_array(to_tsvector(name::regconfig, w))) stem
$$
"""

FIND = f"""
CREATE FUNCTION search_find(asked tsquery, kinds text[], sender text, clients bigint[], since timestamptz, before timestamptz, most int)
RETURNS TABLE (kind text, subject_id bigint) LANGUAGE plpgsql STABLE ROWS 100 {DEFINER} AS $$
DECLARE one text;
BEGIN
  IF app_agency_id() IS NULL OR app_scope() IS NULL THEN RETURN; END IF;
  FOREACH one IN ARRAY kinds LOOP
    RETURN QUERY EXECUTE
      'SELECT e.kind::text, e.subject_id FROM search_entry e WHERE e.agency_id = $1 AND e.kind = $2
         AND ($3 = ''agency'' OR (NOT e.internal AND (e.visible_from <= now() OR ($3 = ''vendor'' AND e.author_id = $4)) AND (
              (e.area = ''work'' AND e.client_id = ANY ($5)) OR (e.area = ''tickets'' AND e.client_id = ANY ($6))
              OR (e.area = ''mails'' AND e.client_id = ANY ($7)) OR (e.area = ''money'' AND e.client_id = ANY ($8))
              OR (e.area = ''security'' AND e.client_id = ANY ($9))
              OR (e.project_id = ANY ($10) AND e.area IN (''work'', ''tickets'', ''mails'')))))'
      || CASE WHEN numnode(asked) > 0 THEN ' AND e.words @@ $11' ELSE '' END
      || CASE WHEN sender <> '' THEN ' AND strpos(lower(e.who), $12) > 0' ELSE '' END
      || CASE WHEN clients IS NOT NULL THEN ' AND e.client_id = ANY ($13)' ELSE '' END
      || CASE WHEN since IS NOT NULL THEN ' AND e.happened_at >= $14' ELSE '' END
      || CASE WHEN before IS NOT NULL THEN ' AND e.happened_at < $15' ELSE '' END
      || ' ORDER BY e.happened_at DESC, e.subject_id DESC LIMIT $16'
    USING app_agency_id(), one, app_scope(), app_member_id(), app_client_ids('work'), app_client_ids('tickets'),
          app_client_ids('mails'), app_client_ids('money'), app_client_ids('security'), app_project_ids(),
          asked, lower(sender), clients, since, before, most;
  END LOOP;
END $$
"""

REMOVAL = """
DROP FUNCTION search_find(tsquery, text[], text, bigint[], timestamptz, timestamptz, int);
DROP FUNCTION search_stems(text[]);
DROP FUNCTION search_query(text[], text[], text[]);
DROP FUNCTION search_beginning(text);
DROP FUNCTION search_words(text, text, text);
DROP FUNCTION search_language(text);
"""


class Migration(migrations.Migration):
    dependencies = [("search", "0002_walls")]
    operations = [migrations.RunSQL([LANGUAGE, WORDS, BEGINNING, QUERY, STEMS, FIND], REMOVAL)]
