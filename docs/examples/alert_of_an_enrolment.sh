#!/usr/bin/env bash
# An enrolment that looks wrong, the alert it gets, and what becomes of an acknowledgement.
#
#   bash docs/examples/alert_of_an_enrolment.sh http://127.0.0.1:8000
#
# Run it beside `make demo`, which runs a worker. It makes a client of its own.
set -euo pipefail
address=${1:-http://127.0.0.1:8000}
python=.venv/bin/python
school=S.0012
run=$(date +%s)-$$
family=Grade$(printf %s "$run" | tr -d - | tr 0-9 a-j) # a family that nobody has had so far
year=$(date +%Y) # in which the present school year ends
[ "$(date +%m)" -lt 9 ] || year=$((year + 1))

field() { "$python" -c "import json, sys; print(json.load(sys.stdin)$1)"; }
pretty() { "$python" -m json.tool; }
guid() { cat /proc/sys/kernel/random/uuid 2>/dev/null || uuidgen; }
expect() { [ "$2" = "$3" ] || { echo "expected $1 $3, got $2" >&2; exit 1; }; }

echo "1. A client that acts for school $school, and a student it creates"
client=$("$python" manage.py create_client "Example $run" --organization "$school" \
  --role "Submit Student User" "Submit Enrolment User" "View Enrolment User")
token=$(curl -fsS "$address/oauth/token/" -d grant_type=client_credentials \
  -u "$(echo "$client" | field "['client_id']"):$(echo "$client" | field "['client_secret']")" \
  | field "['access_token']")

# submit OPERATION PROPERTIES: sets answer; rejected calls end the script.
submit() {
  answer=$(curl -sS "$address/api/services/$1" -H "Authorization: Bearer $token" \
    -H "Content-Type: application/json" -d "{
      \"CallerInfo\": {
        \"ClientMessageID\": \"$(guid)\",
        \"SentUtcTime\": \"$(date -u +%Y-%m-%dT%H:%M:%SZ)\",
        \"Software\": {\"Manufacturer\": \"Example\", \"Product\": \"curl\", \"Version\": \"1\",
                       \"BuildNumber\": \"1\"},
        \"User\": {\"Name\": \"Sam Secretary\", \"LocalID\": \"sam\", \"IPAddress\": \"10.0.0.7\",
                   \"OrganizationCode\": \"$school\"}
      }, $2 }")
  echo "$answer" | pretty
  expect "number of rejections" "$(echo "$answer" | field ".get('Rejections', [0]).__len__()")" 0
}
submit CreateStudent "\"IdentificationRecord\": {\"FirstName\": \"Robin\",
    \"LastName\": \"$family\", \"BirthDate\": \"$((year - 12))-03-14\",
    \"DocumentType\": \"AlbertaBirthCertificate\", \"IsNameExact\": true},
  \"PersonalInfo\": {\"Gender\": \"X\", \"CitizenshipStatus\": \"1\"}"
asn=$(echo "$answer" | field "['Id']")

# enrol REFID VERSION SCHOOLYEAR GRADE: sets version
enrol() {
  submit SubmitStudentSchoolEnrolment "\"StateProvinceId\": \"$asn\", \"RefId\": \"$1\",
    \"PASICoreVersion\": $2, \"SchoolCode\": \"$school\", \"SchoolYear\": $3, \"Grade\": \"$4\",
    \"ProgrammingType\": \"Regular\", \"ProgrammingTimeframe\": \"Day\",
    \"RegistrationStartDate\": \"$(($3 - 1))-09-01\", \"RegistrationExitDate\": \"$3-06-28\",
    \"ExitDateType\": \"CompletionDate\", \"IsDeleted\": false"
  version=$(echo "$answer" | field "['PASICoreVersion']")
}

# alerts_become TEXT: waits until the enrolment's alerts 10018 are TEXT, "none" where there is none
alerts_become() {
  for _ in $(seq 120); do
    found=$(curl -fsS -H "Authorization: Bearer $token" \
      "$address/api/core-alerts/?ReferenceId=$reference&AlertCode=10018" | "$python" -c '
import json, sys
for alert in json.load(sys.stdin)["results"]:
    given = {each["Key"]: each["Value"] for each in alert["Arguments"]}
    print(given["PreviousGrade"], given["Grade"], alert["AcknowledgementStatus"])')
    [ "${found:-none}" = "$1" ] && { echo "   alerts: $1"; return; }
    sleep 0.25
  done
  echo "expected alerts: $1, still: ${found:-none}" >&2
  exit 1
}

echo "2. Last year in grade 4"
enrol "$(guid)" 0 $((year - 1)) 04

echo "3. This year in grade 6: the submit is accepted, a worker looks at it, an Advice appears"
reference=$(guid)
enrol "$reference" 0 "$year" 06
alerts_become "04 06 Unacknowledged"
curl -fsS -H "Authorization: Bearer $token" "$address/api/core-alerts/?ReferenceId=$reference" | pretty

echo "4. The school has looked: a grade was skipped indeed"
submit SubmitStudentSchoolEnrolmentStatusAcknowledgement "\"ReferenceId\": \"$reference\",
  \"AlertCode\": 10018, \"Status\": \"Acknowledged\", \"Arguments\": [
    {\"Key\": \"PreviousGrade\", \"Value\": \"04\"}, {\"Key\": \"Grade\", \"Value\": \"06\"}]"
alerts_become "04 06 Acknowledged"

echo "5. No, it was a mistake: grade 5. The alert goes"
enrol "$reference" "$version" "$year" 05
alerts_become none

echo "6. Grade 6 after all: the same alert comes back, and it is still acknowledged"
enrol "$reference" "$version" "$year" 06
alerts_become "04 06 Acknowledged"

echo "7. Grade 7 is another matter: new data, a new alert"
enrol "$reference" "$version" "$year" 07
alerts_become "04 07 Unacknowledged"
