#!/usr/bin/env bash
# Create a student, be asked whether it exists already, name it, and find it again.
#
#   bash docs/examples/create_and_name_a_student.sh http://127.0.0.1:8000
#
# Run it beside `make demo`. It makes two clients of its own, one for each of two schools.
set -euo pipefail
address=${1:-http://127.0.0.1:8000}
python=.venv/bin/python
run=$(date +%s)-$$
family=Doe$(printf %s "$run" | tr -d - | tr 0-9 a-j) # a family that nobody has had so far

field() { "$python" -c "import json, sys; print(json.load(sys.stdin)$1)"; }
pretty() { "$python" -m json.tool; }
expect() { [ "$2" = "$3" ] || { echo "expected $1 $3, got $2" >&2; exit 1; }; }

# token ID SECRET
token() {
  curl -fsS "$address/oauth/token/" -u "$1:$2" -d grant_type=client_credentials \
    | field "['access_token']"
}

# A client that acts for the school $1: its token.
client_of() {
  local client
  client=$("$python" manage.py create_client "Example $1 $run" --organization "$1" \
    --role "Submit Student User")
  token "$(echo "$client" | field "['client_id']")" "$(echo "$client" | field "['client_secret']")"
}

# submit TOKEN SCHOOL OPERATION PROPERTIES: the answer, whatever the HTTP status.
submit() {
  curl -sS "$address/api/services/$3" -H "Authorization: Bearer $1" \
    -H "Content-Type: application/json" -d "{
      \"CallerInfo\": {
        \"ClientMessageID\": \"$(cat /proc/sys/kernel/random/uuid 2>/dev/null || uuidgen)\",
        \"SentUtcTime\": \"$(date -u +%Y-%m-%dT%H:%M:%SZ)\",
        \"Software\": {\"Manufacturer\": \"Example\", \"Product\": \"curl\", \"Version\": \"1\",
                       \"BuildNumber\": \"1\"},
        \"User\": {\"Name\": \"Sam Secretary\", \"LocalID\": \"sam\", \"IPAddress\": \"10.0.0.7\",
                   \"OrganizationCode\": \"$2\"}
      }, $4 }"
}
get() { curl -fsS -H "Authorization: Bearer $1" "$address$2"; }

echo "1. Two schools, each with a client of its own"
school1=S.0009
school2=S.0012
token1=$(client_of "$school1")
token2=$(client_of "$school2")
get "$token1" /api/client/ | pretty

# identity FIRST MIDDLE: of somebody born on 17 May 2015
identity() {
  echo "\"IdentificationRecord\": {\"FirstName\": \"$1\", \"MiddleName\": \"$2\",
    \"LastName\": \"$family\", \"BirthDate\": \"2015-05-17\",
    \"DocumentType\": \"AlbertaBirthCertificate\", \"DocumentNumber\": \"4711\",
    \"IsNameExact\": true}"
}
personal='"PersonalInfo": {"Gender": "M", "CitizenshipStatus": "1",
  "PreferredMailingAddress": {"RefId": 0, "AddressType": "Mailing",
    "Street": "10155 102 Street NW", "City": "Edmonton", "StateProvince": "AB",
    "PostalCode": "T5J 2R7", "Country": "Canada", "EffectiveDate": "2026-09-01"},
  "PreferredPhoneNumber": {"RefId": 0, "Type": "Home", "Number": "7805551234",
    "IsListable": "N", "EffectiveDate": "2026-09-01"}}'

echo "2. School 1 creates a student: the Id is the new Alberta Student Number"
answer=$(submit "$token1" "$school1" CreateStudent "$(identity John Mark), $personal")
echo "$answer" | pretty
asn=$(echo "$answer" | field "['Id']")
version=$(echo "$answer" | field "['PASICoreVersion']")

echo "3. A malformed request is refused, with everything that is wrong named"
bad=$(submit "$token1" "$school1" CreateStudent \
  "$(identity J0hn Mark), \"PersonalInfo\": {\"Gender\": \"B\", \"Shoe\": 42}")
echo "$bad" | pretty
expect code "$(echo "$bad" | field "['code']")" 3001

echo "4. School 2 has another John $family, born on the same day: is it the same?"
answer=$(submit "$token2" "$school2" CreateStudent "$(identity John Adam), $personal")
echo "$answer" | pretty
expect code "$(echo "$answer" | field "['Rejections'][0]['Code']")" 11401

echo "5. It looks at $asn, sees another boy, and acknowledges that it has done so"
get "$token2" "/api/students/$asn/" | pretty
answer=$(submit "$token2" "$school2" CreateStudent \
  "$(identity John Adam), $personal, \"AcknowledgeSimilarStateProvinceIdList\": [\"$asn\"]")
echo "$answer" | pretty
expect "number of rejections" "$(echo "$answer" | field "['Rejections'].__len__()")" 0

# name TOKEN SCHOOL REFID FIRST PREFERRED: names the student of step 2; sets answer and version
name() {
  answer=$(submit "$1" "$2" SubmitName "\"StateProvinceId\": \"$asn\",
    \"PASICoreVersion\": $version, \"DeleteName\": false, \"IsPreferred\": $5,
    \"Name\": {\"RefId\": $3, \"FirstName\": \"$4\", \"LastName\": \"$family\"}")
  echo "$answer" | pretty
  expect "number of rejections" "$(echo "$answer" | field "['Rejections'].__len__()")" 0
  version=$(echo "$answer" | field "['PASICoreVersion']")
}

echo "6. The first John is also known without his middle name; School 1 adds that ..."
name "$token1" "$school1" 0 John false
alias=$(echo "$answer" | field "['Id']")

echo "7. ... notices that it should be Johnny, and corrects it: the same RefId"
name "$token1" "$school1" "$alias" Johnny false
expect RefId "$(echo "$answer" | field "['Id']")" "$alias"

echo "8. He moves to School 2 (enrolments are imported here by the operator)"
year=$(date +%Y) # in which the present school year ends
[ "$(date +%m)" -lt 9 ] || year=$((year + 1))
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
{
  echo "reference_id,asn,school_code,school_year,grade,programming_type,programming_timeframe,start_date,exit_date,exit_date_type"
  echo "$(cat /proc/sys/kernel/random/uuid 2>/dev/null || uuidgen),$asn,$school2,$year,06,Regular,Day,$((year - 1))-09-01,$year-06-30,CompletionDate"
} >"$folder/school_enrolments.csv"
"$python" manage.py import_records "$folder"

echo "9. School 2 adds the name he goes by there, and prefers it"
name "$token2" "$school2" 0 Mark true
get "$token2" "/api/students/$asn/" | "$python" -c '
import json, sys
for name in json.load(sys.stdin)["Names"]:
    by = name["CreatedByOrganizationCode"], name["UpdatedByOrganizationCode"]
    print(name["RefId"], name["FirstName"], name["LastName"], *by,
          "preferred" if name["IsPreferred"] else "")'

echo "10. Somebody mistypes the name: who is it?"
answer=$(submit "$token2" "$school2" IdentifyStudent "\"FirstName\": \"Jhon\",
  \"LastName\": \"$family\", \"BirthDate\": \"2015-05-17\"")
echo "$answer" | pretty
expect Status "$(echo "$answer" | field "['Status']")" Found

echo "11. An outdated version is refused: read the student again first"
stale=$(submit "$token2" "$school2" SubmitName "\"StateProvinceId\": \"$asn\",
  \"PASICoreVersion\": 1, \"DeleteName\": false,
  \"Name\": {\"RefId\": 0, \"FirstName\": \"Late\", \"LastName\": \"$family\"}")
echo "$stale" | pretty
expect code "$(echo "$stale" | field "['code']")" 3004
