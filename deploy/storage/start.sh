#!/bin/sh
# The gateway knows no secrets in files; this reads them for it.
set -eu
ROOT_ACCESS_KEY=$(cat "${S3_ACCESS_KEY_FILE}")
ROOT_SECRET_KEY=$(cat "${S3_SECRET_KEY_FILE}")
export ROOT_ACCESS_KEY ROOT_SECRET_KEY
exec /app/versitygw
