#!/usr/bin/env bash
# One company's way to a credit, by curl, against a running `make run`:
# a cadre registers it, uploads papers and submits; three offices accept; then
# the credit, the light, the timeline and the chained events are looked at.
#
#   docs/walk-through.sh            uses the links that ./data/links.txt holds
#   DATA=/elsewhere docs/walk-through.sh
#
# Links are good once: start `make run` again for new ones.
set -euo pipefail

links=${DATA:-./data}/links.txt
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

step() { printf '\n== %s\n' "$*"; }
link() { awk -v role="$1" '$1 == role {print $2; exit}' "$links"; }
key() { cat /proc/sys/kernel/random/uuid; }

# send WHO METHOD PATH [curl arguments] asks, and keeps the answer.
send() {
	local who=$1 method=$2 path=$3
	shift 3
	curl --silent --show-error --cookie "$work/$who" --dump-header "$work/head" \
		--output "$work/body" --request "$method" "$api$path" "$@"
}
status() { awk '/^HTTP/ {code = $2} END {print code}' "$work/head"; }

# answer METHOD PATH shows what was answered; a refusal ends it all.
answer() {
	if [ "$(status)" -lt 400 ]; then
		cat "$work/body"
		return
	fi
	echo "$1 $2 was refused: $(cat "$work/body")" >&2
	exit 1
}

# call WHO METHOD PATH [curl arguments] answers the body.
call() {
	send "$@"
	answer "$2" "$3"
}
etag() { awk 'tolower($1) == "etag:" {sub(/\r$/, "", $2); print $2}' "$work/head"; }
json() { printf 'Content-Type: application/json'; }

# command WHO RECORD VERB [BODY]: what changes a duty carries a key and the ETag
# of what its sender saw. A busy program may answer 202, that it is still at it,
# or 503, that it cannot yet: the same again, under the same key, asks for the
# outcome.
command() {
	local key seen tries=300
	call "$1" GET "/records/$2" >/dev/null
	key=$(key) seen=$(etag)
	while
		send "$1" POST "/records/$2/$3" --header "Idempotency-Key: $key" --header "If-Match: $seen" \
			--header "$(json)" --data "${4:-{\}}"
		[[ $(status) = 202 || $(status) = 503 ]]
	do
		((tries-- > 0)) || { echo "$3 of $2 gets no outcome: $(cat "$work/body")" >&2; exit 1; }
		sleep 0.2
	done
	answer POST "/records/$2/$3"
}

log_in() {
	local address
	address=$(link "$1")
	[ -n "$address" ] || { echo "no log-in link for $1 in $links: is 'make run' running?" >&2; exit 1; }
	api=${address%/login-link/*}
	curl --silent --show-error --fail --output /dev/null --cookie-jar "$work/$1" --request POST "$address"
}

# organization_code makes a valid one: eight characters and a check digit
# (GB 11714).
organization_code() {
	local digits sum=0 weights=(3 7 9 10 5 8 4 2) check
	digits=$(printf '%08d' $(((RANDOM * 32768 + RANDOM) % 100000000)))
	for position in 0 1 2 3 4 5 6 7; do
		sum=$((sum + ${digits:position:1} * weights[position]))
	done
	check=$((11 - sum % 11))
	case $check in 10) check=X ;; 11) check=0 ;; esac
	printf '%s-%s' "$digits" "$check"
}

step "1. A cadre logs in by a one-time link and sees the duty"
log_in cadre
duty=$(call cadre GET '/obligations?plan=demo' | jq -r '.items[0].id')
call cadre GET "/obligations/$duty" |
	jq -r '.obligation | "\(.cadre.name), \(.unit.name): \(.standing.light.text)", (.standing.goals[] | "  \(.kind.text) \(.state.text) \(.light.text): \(.because[0].text)")'

step "2. Registers an enterprise"
code=$(organization_code)
call cadre POST /enterprises --header "$(json)" --header "Idempotency-Key: $(key)" --data "$(jq -n --arg code "$code" \
	'{organizationCode: $code, name: "演示甲乙丙科技有限公司", established: "2009-05-12", legalPerson: "演示人", address: "演示路一号", phone: "02200000000", unit: "120101"}')" |
	jq -c '{key, organizationCode, name}'

step "3. Writes the record down as a draft, and uploads its papers"
record=$(call cadre POST /records --header "$(json)" --header "Idempotency-Key: $(key)" --data "$(jq -n --arg duty "$duty" --arg code "$code" --arg day "$(TZ=Asia/Shanghai date +%F)" \
	'{obligation: $duty, kind: "transform", enterprise: $code, enterpriseName: "演示甲乙丙科技有限公司", established: "2009-05-12",
	  legalPerson: "演示人", address: "演示路一号", phone: "02200000000", occurredOn: $day,
	  summary: "帮助企业制定技术路线图。", result: "已认定为科技型中小企业。"}')" | jq -r '.record.id // .id')
for category in licence recognition confirmation comparison route-map; do
	printf '%%PDF-1.4\n%% %s of %s\n%%%%EOF\n' "$category" "$code" >"$work/$category.pdf"
	paper=$(call cadre POST /evidence --form "file=@$work/$category.pdf;type=application/pdf" | jq -r '.record.id // .id')
	call cadre GET "/records/$record" >/dev/null
	call cadre PUT "/records/$record/evidence/$paper" --header "$(json)" --header "If-Match: $(etag)" \
		--data "{\"category\": \"$category\"}" >/dev/null
	echo "  $category: $paper"
done

step "4. Submits"
command cadre "$record" submit | jq -c '{sequence: .command.sequence, state: .state.text, stage: .stage.text}'

for office in district-science district-organization city-science; do
	step "5. $office finds it in the queue and accepts"
	log_in "$office"
	call "$office" GET '/reviews/queue?plan=demo' | jq -r --arg record "$record" '.items[] | select(.id == $record) | "  \(.id) \(.kind.text) from \(.cadre.name? // .cadre?)"'
	command "$office" "$record" accept '{"remark": "材料齐全。"}' | jq -c '{sequence: .command.sequence, state: .state.text, stage: .stage.text}'
done

step "6. The credit, the light, and why"
call cadre GET "/records/$record" | jq -c '(.record // .) | {id, state}'
call cadre GET "/obligations/$duty" |
	jq -r '.obligation | "\(.standing.light.text)", (.standing.goals[] | "  \(.kind.text): \(.credits)/\(.required) \(.light.text)")'
[ "$(call cadre GET "/obligations/$duty" | jq '[.obligation.standing.goals[] | select(.kind.code == "transform") | .credits][0]')" -ge 1 ]

step "7. The timeline in words, the latest first"
call cadre GET "/obligations/$duty/timeline?size=6" | jq -r '.items[] | "  \(.sequence) \(.at[0:19])Z \(.text)"'

step "8. The same as a chain: each event holds the digest of the one before"
call cadre GET "/obligations/$duty/events?size=200" |
	jq -r '.items | sort_by(.sequence) | .[] | "  \(.sequence) \(.kind) \(.sha256[0:16]) after \(.previous[0:16])"'

step "9. The archivist checks the chain"
log_in archivist
verdict=$(call archivist GET "/obligations/$duty/events/verdict")
jq -c '{whole, entries, head: .head[0:16]}' <<<"$verdict"
[ "$(jq .whole <<<"$verdict")" = true ]
