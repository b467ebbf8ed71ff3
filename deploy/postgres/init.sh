#!/bin/sh
# Roles, audit log, template and database. The PostgreSQL image runs it once, on an empty volume; run it again
# when the changelog says so:  docker compose exec postgres sh /docker-entrypoint-initdb.d/init.sh
set -eu
sql=${PORTAL_SQL:-/portal-sql}
export PGUSER="${POSTGRES_USER:-postgres}"

run() { # run DATABASE [psql arguments]
    database=$1
    shift
    psql -X -q -v ON_ERROR_STOP=1 -d "$database" "$@"
}

exists() {
    test "$(run postgres -At -c "SELECT 1 FROM pg_database WHERE datname = '$1'")" = 1
}

set_password() { # set_password ROLE FILE
    run postgres -v role="$1" -v password="$(cat "$2")" <<'SQL'
ALTER ROLE :"role" PASSWORD :'password';
SQL
}

run postgres -f "$sql/roles.sql"
set_password portal_app "$APP_PASSWORD_FILE"
set_password portal_owner "$OWNER_PASSWORD_FILE"
set_password portal_maint "$MAINT_PASSWORD_FILE"

exists portal_template || run postgres -c "CREATE DATABASE portal_template IS_TEMPLATE true"
run portal_template -f "$sql/audit.sql"
exists portal || run postgres -c "CREATE DATABASE portal OWNER portal_owner TEMPLATE portal_template"
run portal -f "$sql/audit.sql"
