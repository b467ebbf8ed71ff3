"""Quotations without `<blockquote>` in the frame of a mail: as Outlook, phones and others write them, folded whole and nothing else."""

import re

import pytest

from mailbox import frames
from portal.mail import sanitising

FOLD = re.compile(r"<details><summary>Quoted text</summary>(.*?)</details>", re.DOTALL)
SAMPLES = {
    "Outlook on a desk": """<div class="WordSection1"><p class="MsoNormal">Der Termin passt.</p><p>&nbsp;</p>
        <div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">
        <p class="MsoNormal"><b>Von:</b> Nora Nord &lt;nora@north.example&gt;<br><b>Gesendet:</b> Donnerstag, 19. November 2026 09:12<br>
        <b>An:</b> Anna<br><b>Betreff:</b> Termin</p></div></div><p>Passt der 27.?</p></div>""",
    "Outlook in a browser": """<div style="font-size:12pt">See you then.</div><div id="appendonsend"></div>
        <hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri"><b>From:</b> Nora<br>
        <b>Sent:</b> Thursday, November 19, 2026 9:12 AM<br><b>To:</b> Anna<br><b>Subject:</b> Date</font><div>&nbsp;</div></div>
        <div>Is the 27th good?</div>""",
    "Outlook on a phone": """<div dir="ltr">Passer fint.</div><div id="ms-outlook-mobile-signature">Hent Outlook for iOS</div><hr>
        <div><b>Fra:</b> Nora &lt;n@n.example&gt;<br><b>Sendt:</b> torsdag 19. november 2026 09:12<br>
        <b>Til:</b> Anna<br><b>Emne:</b> Dato</div>
        <div>Passer den 27.?</div>""",
    "a phone": """<div dir="auto">Igen.</div><div><br></div><div>-------- Eredeti üzenet --------</div><div>Feladó: Nora</div>
        <div>Dátum: 2026. 11. 19. 9:12</div><div>Címzett: Anna</div>
        <div>Tárgy: Időpont</div><div>Jó a 27.?</div>""",
    "a table of headers": """<p>Да.</p><table><tbody><tr><td><b>От:</b></td><td>Nora</td></tr><tr><td>Дата:</td>
        <td>19.11.2026</td></tr><tr><td>Кому:</td><td>Anna</td></tr><tr>
        <td>Тема:</td><td>x</td></tr></tbody></table><p>27?</p>""",
    "an introduction": """<div>Works.<br></div><div class="yahoo_quoted"><div>On Thursday, November 19, 2026 at 09:12:00 AM, Nora
        &lt;nora@north.example&gt; wrote:</div><div>Is the 27th good?</div></div>""",
    "all in one block": """<div>Works.<br><br><b>From:</b> Nora<br><b>Sent:</b> 19 November<br>
        <b>To:</b> Anna<br>Is the 27th good?</div>""",
}  # fmt: skip


@pytest.mark.parametrize("name", SAMPLES)
def test_from_the_headers_on_all_is_folded(name):
    markup = sanitising.sanitise(SAMPLES[name]).html

    folded = frames.folded(markup)

    (quoted,) = FOLD.findall(folded)
    own = sanitising.text_of(FOLD.sub("", folded))
    assert "27" in quoted
    assert "27" not in own
    assert own.partition("\n")[0].rstrip().endswith(".")
    assert FOLD.sub(r"\1", folded) == markup, "nothing is lost"


def test_the_frame_is_what_a_browser_makes_of_it():
    """Elements are closed where they were opened: a second reading of the HTML changes nothing."""
    for name, sample in SAMPLES.items():
        folded = FOLD.sub(r"<blockquote>\1</blockquote>", frames.folded(sanitising.sanitise(sample).html))
        assert sanitising.sanitise(folded).html == folded, name


@pytest.mark.parametrize(
    "markup",
    [
        "<p><b>From:</b> Nora<br><b>Sent:</b> today<br><b>To:</b> Anna<br><b>Subject:</b> x</p><p>All of it was passed on.</p>",
        "<p>FYI</p><p>---------- Forwarded message ---------<br>From: Nora<br>Date: today<br>Subject: x</p><p>Text</p>",
        "<p>Offer:</p><table><tbody><tr><td>From:</td><td>1 May</td></tr><tr><td>To:</td><td>9 May</td></tr></tbody></table>",
        "<p>Hello</p><p>Nora wrote:</p><p>that it works.</p>",
    ],
)
def test_other_words_stay_in_sight(markup):
    assert frames.folded(markup) == markup


def test_an_answer_below_its_quotation_stays_in_sight():
    quotation = "<blockquote>Is the 27th good?</blockquote>"
    markup = f"<p>On 19 November 2026 at 09:12, Nora &lt;n@n.example&gt; wrote:</p>{quotation}<p>It is.</p>"

    assert FOLD.findall(frames.folded(markup)) == [quotation]
