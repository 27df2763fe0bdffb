#!/usr/bin/env bash
# A diploma is awarded, printed anew after a change of name, deleted, and brought back.
#
#   bash docs/examples/life_of_a_credential.sh http://127.0.0.1:8000
#
# Run it beside `make demo`. It makes a client of its own.
set -euo pipefail
address=${1:-http://127.0.0.1:8000}
python=.venv/bin/python
run=$(date +%s)-$$
family=Grad$(printf %s "$run" | tr -d - | tr 0-9 a-j) # a family that nobody has had so far
year=$(date +%Y) # in which the present school year ends
[ "$(date +%m)" -lt 9 ] || year=$((year + 1))

field() { "$python" -c "import json, sys; print(json.load(sys.stdin)$1)"; }
pretty() { "$python" -m json.tool; }
guid() { cat /proc/sys/kernel/random/uuid 2>/dev/null || uuidgen; }
expect() { [ "$2" = "$3" ] || { echo "expected $1 $3, got $2" >&2; exit 1; }; }

echo "1. A client that acts for the ministry, as a credential officer and as a registrar"
client=$("$python" manage.py create_client "Example $run" --organization O.1 \
  --role "PASI System User" "Submit Student User")
token=$(curl -fsS "$address/oauth/token/" -d grant_type=client_credentials \
  -u "$(echo "$client" | field "['client_id']"):$(echo "$client" | field "['client_secret']")" \
  | field "['access_token']")

# submit OPERATION PROPERTIES: sets answer, whatever became of the call
submit() {
  answer=$(curl -sS "$address/api/services/$1" -H "Authorization: Bearer $token" \
    -H "Content-Type: application/json" -d "{
      \"CallerInfo\": {
        \"ClientMessageID\": \"$(guid)\",
        \"SentUtcTime\": \"$(date -u +%Y-%m-%dT%H:%M:%SZ)\",
        \"Software\": {\"Manufacturer\": \"Example\", \"Product\": \"curl\", \"Version\": \"1\",
                       \"BuildNumber\": \"1\"},
        \"User\": {\"Name\": \"Cleo Officer\", \"LocalID\": \"cleo\", \"IPAddress\": \"10.0.0.7\",
                   \"OrganizationCode\": \"O.1\"}
      }, $2 }")
  echo "$answer" | pretty
}
applied() { expect "number of rejections" "$(echo "$answer" | field "['Rejections'].__len__()")" 0; }
refused() { expect code "$(echo "$answer" | field "['Rejections'][0]['Code']")" "$1"; }

# look_up NUMBER: sets found, the credential that a number leads to, and version
look_up() {
  found=$(curl -fsS -H "Authorization: Bearer $token" "$address/api/credentials/$1/")
  version=$(echo "$found" | field "['PASICoreVersion']")
}

# identity LASTNAME
identity() {
  echo "\"IdentificationRecord\": {\"FirstName\": \"Robin\", \"LastName\": \"$1\",
    \"BirthDate\": \"$((year - 18))-03-14\", \"DocumentType\": \"AlbertaBirthCertificate\",
    \"IsNameExact\": true}"
}

echo "2. A student, who has achieved the diploma (statuses are imported here by the operator)"
submit CreateStudent "$(identity "$family"), \"PersonalInfo\": {\"Gender\": \"X\"}"
applied
asn=$(echo "$answer" | field "['Id']")
student_version=$(echo "$answer" | field "['PASICoreVersion']")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
printf 'asn,requirement_set,status\n%s,AHSD-2018,Achieved\n' "$asn" \
  >"$folder/requirement_set_statuses.csv"
"$python" manage.py import_records "$folder"

echo "3. Award it: this credential, for last school year"
submit SubmitCredentialAwardingSingle "\"StateProvinceId\": \"$asn\",
  \"CredentialType\": \"AHSD\", \"SchoolYear\": $((year - 1))"
applied
first=$(echo "$answer" | field "['CredentialNumber']")
look_up "$first"
echo "$found" | pretty
# The award of a diploma moved the maturity date, so the student has another version.
student_version=$(curl -fsS -H "Authorization: Bearer $token" "$address/api/students/$asn/" \
  | field "['PASICoreVersion']")

echo "4. Re-issue in a name that is neither printed nor legal: no valid request"
# re_issue NUMBER LASTNAME SCHOOLYEAR
re_issue() {
  submit SubmitCredentialReIssue "\"CredentialNumber\": $1, \"PASICoreVersion\": $version,
    \"FirstName\": \"Robin\", \"LastName\": \"$2\", \"SchoolYear\": $3"
}
re_issue "$first" "Van $family" $((year - 1))
expect code "$(echo "$answer" | field "['code']")" 3001

echo "5. So the legal name is changed first ..."
submit SubmitIdentificationInformation "\"StateProvinceId\": \"$asn\",
  \"PASICoreVersion\": $student_version, $(identity "Van $family")"
applied

echo "6. ... and now the diploma is printed anew, under a new number"
re_issue "$first" "Van $family" $((year - 1))
applied
second=$(echo "$answer" | field "['CredentialNumber']")

echo "7. Both numbers lead to it, also as people write them"
written() { printf '%s-%s' "${1%?????}" "${1#?????}"; }
for number in "$first" "$(written "$first")" "$second" "$(written "$second")"; do
  look_up "$number"
  echo "   $number: $(echo "$found" | field "['MatchedBy']"), now" \
    "$(echo "$found" | field "['CredentialNumber']")"
  expect CredentialNumber "$(echo "$found" | field "['CredentialNumber']")" "$second"
done
look_up "$first"
expect MatchedBy "$(echo "$found" | field "['MatchedBy']")" Archived

echo "8. Once more the same: nothing on it would change"
re_issue "$second" "Van $family" $((year - 1))
refused 44005

echo "9. The former number cannot be changed any longer"
re_issue "$first" "Van $family" "$year"
refused 44002

# deletion REASON: deletes the present number; without a reason it comes back
deletion() {
  submit SubmitCredentialDeleteReason "\"CredentialNumber\": $second,
    \"PASICoreVersion\": $version, \"DeleteReason\": \"$1\""
  applied
  look_up "$second"
}

echo "10. It was awarded in error: deleted, but not gone"
deletion AwardedInError
echo "$found" | pretty
expect IsDeleted "$(echo "$found" | field "['IsDeleted']")" True

echo "11. No, it was right after all: it comes back under its number"
deletion ""
expect IsDeleted "$(echo "$found" | field "['IsDeleted']")" False

echo "12. A legacy number, by which it is found as well"
submit SubmitCredentialLegacyNumber "\"CredentialNumber\": $second,
  \"PASICoreVersion\": $version, \"LegacyCredentialNumber\": \"L-$(echo "$asn" | tail -c 9)\""
applied
look_up "L-$(echo "$asn" | tail -c 9)"
expect MatchedBy "$(echo "$found" | field "['MatchedBy']")" Legacy
