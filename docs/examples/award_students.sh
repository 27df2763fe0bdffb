#!/usr/bin/env bash
# Award two students over HTTP and look at what came of it.
#
#   bash docs/examples/award_students.sh http://127.0.0.1:8000
#
# Run it beside `make demo`. It makes a client of its own.
set -euo pipefail
address=${1:-http://127.0.0.1:8000}
python=.venv/bin/python

field() { "$python" -c "import json, sys; print(json.load(sys.stdin)$1)"; }

echo "1. A client that acts for the ministry (its secret is shown once)"
client=$("$python" manage.py create_client "Example $(date +%s)-$$" --organization O.1 \
  --role "PASI System User" "View Audit User")
id=$(echo "$client" | field "['client_id']")
secret=$(echo "$client" | field "['client_secret']")

echo "2. A token"
token=$(curl -fsS "$address/oauth/token/" -u "$id:$secret" -d grant_type=client_credentials \
  | field "['access_token']")
get() { curl -fsS -H "Authorization: Bearer $token" "$address$1"; }

echo "3. What may this token do?"
get /api/client/ | "$python" -m json.tool

echo "4. Award: one student who may have something to be awarded, one number that does not exist"
asn=$(get "/api/students/?PageSize=1" | field "['results'][0]['StateProvinceId']")
request=$(cat <<JSON
{
  "CallerInfo": {
    "ClientMessageID": "example-$(date +%s)-$$",
    "SentUtcTime": "2026-07-31T18:00:00Z",
    "Software": {"Manufacturer": "Example", "Product": "curl", "Version": "1", "BuildNumber": "1"},
    "User": {"Name": "Rita Clerk", "LocalID": "rita", "IPAddress": "10.0.0.7",
             "OrganizationCode": "O.1"}
  },
  "StateProvinceIds": ["$asn", "999999998"]
}
JSON
)
award() {
  curl -fsS "$address/api/services/SubmitCredentialAwardingMultiple" \
    -H "Authorization: Bearer $token" -H "Content-Type: application/json" -d "$request"
}
answer=$(award)
echo "$answer" | "$python" -m json.tool
[ "$(echo "$answer" | field "['Responses'][1]['Rejections'][0]['Code']")" = 9002 ]

echo "5. The student's credentials"
get "/api/credentials/?StateProvinceId=$asn" | "$python" -m json.tool

echo "6. The call in the audit"
get "/api/service-calls/?StateProvinceId=$asn&PageSize=1" | "$python" -m json.tool

echo "7. A malformed number is refused before anything happens"
status=$(curl -sS -o /dev/null -w '%{http_code}' \
  "$address/api/services/SubmitCredentialAwardingMultiple" \
  -H "Authorization: Bearer $token" -H "Content-Type: application/json" \
  -d "${request/999999998/12}")
[ "$status" = 400 ] && echo "answered $status, as it should"
