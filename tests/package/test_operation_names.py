"""Names of operations that no overlay states: each rule by examples, and that a name stays its operation's."""

from __future__ import annotations

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegen.overlay import overlay
from codegen.package import names
from codegen.package.operation_names import operation_ids
from tests.support.profiles import examples
from tests.support.small_documents import Json, document, operation, parsed

# --- by rule ---------------------------------------------------------------------------------------------------------

# Method and path; then group, summary and `operationId`, or nothing; then the name.
EXAMPLES = """
# The noun of the group is left out, and siblings are list, get, create, update and delete.
GET /v1/teams | Teams | Get all teams | | list
GET /v1/teams | Teams | List teams. | | list
GET /v1/teams | Teams | Returns a list of your teams | | list
GET /v1/teams | Teams | Get a paginated list of teams | | list
GET /v1/teams | Teams | Whatever they are | listTeams | list
GET /v1/teams/{team_id} | Teams | Get team by ID | | get
GET /v1/teams/{team_id} | Teams | Retrieves a team. | | get
GET /v1/teams/{team_id} | Teams | Returns a single team by id | | get
GET /v1/teams/{name} | Teams | Get a team by name | | get_by_name
POST /v1/teams | Teams | Create a team | | create
PATCH /v1/teams/{team_id} | Teams | Updates the team | | update
POST /v1/api_keys | API Keys | Create an API key | | create
POST /v1/charges | charges | | | create
GET /v1/charges | charges | | | list
POST /v1/charges/{id}/capture | charges | | | capture
# Another noun, or the group's before another: the name says what it is about.
GET /v1/teams/{team_id}/members | Teams | Get team members | | get_team_members
POST /v1/models/{id}/wake | Models | Create a deployment | | create_deployment
GET /v1/teams | Teams | Teams | | teams

# A plain operationId is the name if it says more than method and path, without the group at its front.
POST /webhooks/{webhook_id}/{webhook_token} | | | execute_webhook | execute_webhook
DELETE /lobbies/{lobby_id}/members/@me | | | leave_lobby | leave_lobby
POST /guilds/{guild_id}/bulk-ban | | | bulk_ban_users_from_guild | bulk_ban_users_from_guild
GET /repos/{owner}/{repo}/issues | issues | List issues | issues/list-for-repo | list_for_repo
POST /v2/droplets | Droplets | Create a New Droplet | droplets_create | create
GET /v1/pages/{page_id} | Pages | | retrieve-a-page | get
GET /pet/findByStatus | pet | Finds Pets by status | findPetsByStatus | find_by_status
GET /cats | cats | | CatsController_findAll | find_all
POST /admin.users.setOwner | admin.users | | admin_users_setOwner | set_owner
POST /chat/completions | Chat | Creates a model response for it. | createChatCompletion | create_chat_completion
# Without a verb it is a name only where nothing else is.
GET /a/{id} | | | pre-flight-with-repo | pre_flight_with_repo
GET /a/{id} | | Get default attributes | pre-flight-with-repo | get_default_attributes
GET /rates | | Get the rates | exchangeRates | get_rates
# These say what method and path say, or what a generator needs.
GET /folders/{folder_id} | Folders | Get folder information | get_folders_id | get_folder_information
POST /v1/customers/{id}/sources | x | | PostCustomersCustomerSources | create_customer_source
PUT /v2/webhooks/{webhook_id} | Webhooks | Update a webhook | putWebhook | update
GET /users/{user_id} | | Read User | read_user_users__user_id__get | read_user
GET /users | | All the users | listUsersUsingGET_1 | all_users
GET /ips | | Cloud IP Details | cloudflare-i-ps-cloudflare-ip-details | cloud_ip_details
GET /folders/{id} | | Get the link | get_folders_id#get_shared_link | get_link
POST /refunds | | | operation17 | create_refund

# Acronyms and brands are words, with the s of their plural.
GET /a | | Get GitHub Actions permissions | | get_github_actions_permissions
POST /a | | Create an OAuth2 token | | create_oauth2_token
GET /a | | List allowed IPs and DNSs | | list_allowed_ips_and_dnss
GET /a | GitHub | x | listGitHubOpenAPIs | list_github_openapis
GET /a | | Get HTTPServer status | | get_http_server_status
POST /a | | Create LinkedInvoice | | create_linked_invoice

# A possessive s is left out.
GET /a | | Retrieve a Checkout Session\u2019s line items | | retrieve_checkout_session_line_items
PATCH /a | | Update a table and it's properties | | update_table_and_its_properties
GET /a | | List users' emails | | list_users_emails
GET /a | | List a customer&#39;s cards | | list_customer_cards

# A summary gives an imperative, without articles.
GET /a | | Creates a new refund. It then tells whoever wants to know | | create_new_refund
GET /a | | Applies the coupon | | apply_coupon
POST /a | | Ends call | | end_call
POST /pins.add | pins | Pins an item to a channel. | | pin_item_to_channel
GET /a | | Returns a single list by id | | get_list_by_id
GET /a | | Return a price list | | get_price_list
POST /a | | Return an order | | return_order
POST /a | | Wipes all sessions of a user | | wipe_all_sessions_of_user
POST /a | | Opens or resumes a message | | open_or_resume_message
DELETE /a | | Permanently deletes a comment | | permanently_delete_comment
# No verbs.
GET /a | | Address of a customer | | address_of_customer
GET /a | | Releases of a repository | | releases_of_repository
GET /a | | Users or groups | | users_or_groups
GET /a | | Status | | status
GET /a | | Buy vitamin A | | buy_vitamin_a
GET /a | | Search items, e.g. books, by name. Or not | | search_items_e_g_books_by_name

# Tags, links and single letters.
GET /a | | &lt;b>List&lt;/b> <a href='x'>R&amp;D</a> costs | | list_rd_costs
GET /a | | Lists [Slack mappings](https://example.com/a) | | list_slack_mappings
GET /a | | Get <resource> by id | | get_resource_by_id
POST /a | Campaigns | Send test email for an A/B campaign | | send_test_email_for_ab_campaign
GET /a | | Find files/folders | | find_files_folders
GET /a | | <p>Returns a list of a session's <code>line_items</code>.</p> | | list_session_line_items

# A sentence of more than 55 characters is no name, but its path is.
POST /admin.users.setOwner | admin | Set an existing guest, regular user, or admin user to be owner | | users_set_owner
GET /v1/balance | | Retrieves the current account balance, based on the authentication used | | get_balance
GET /files/{id}/thumbnail.{extension} | get_file_thumbnail
DELETE /org/{org}/actions/runners/registrations/labels/groups/{group}/members/{id} | | | | \
delete_action_runner_registration_label_group_member

# A path alone gives a name that a person would give.
GET /v1/refunds | list_refunds
POST /v1/refunds | create_refund
GET /v1/refunds/{id} | get_refund
POST /v1/charges/{id}/capture | capture_charge
GET /v1/intents/search | search_intents
POST /v1/intents/{id}/verify_deposits | verify_deposits_of_intent
POST /v1/invoices/create_preview | create_preview_of_invoices
POST /createUser | create_user
PUT /gists/{id}/star | star_gist
DELETE /gists/{id}/star | delete_gist_star
DELETE /files/{id}/search | delete_file_search
GET /calculations/{id}/line_items | list_calculation_line_items
POST /sheets/{id}/values/{range}:append | append_sheet_value
GET /sheets/{id}/values:batchGet | batch_get_sheet_values
POST /api/chat.postMessage | chat | | | post_message
POST /1.1/statuses.json | create_status
PUT /addresses/{id}/aliases | replace_address_alias
GET /v1beta1/projects | list_projects
GET /2024-01/orders | list_orders
GET /2/tweets/search/recent | get_tweet_search_recent
GET / | get_root
GET /... | root
POST /日本/日本:resolve | resolve
POST /日本.日本 | root

# It is English.
GET /cookies/{id} | get_cookie
GET /news/{id} | get_news
GET /news | list_news
POST /quizzes | create_quiz
POST /canvases | create_canvas
DELETE /search-indices/{id} | delete_search_index
GET /people/{id} | get_person
GET /status | get_status
GET /analysis | get_analysis
GET /class | get_class
GET /lens/{id} | get_lens
GET /apis | list_apis
"""
ROWS = [[part.strip() for part in row.split(" |")] for row in EXAMPLES.split("\n") if row and not row.startswith("#")]


def called(row: list[str]) -> tuple[str, tuple[str, ...]]:
    """The name of a row's method, and what is reported."""
    route, *said, _ = row
    group, summary, stated = said or ("", "", "")
    method, path = route.split()
    node = {"summary": summary, "operationId": stated, "tags": [group or "things"]}
    ids, lines = operation_ids({"paths": {path: {method.lower(): node}}})
    return ids[route].partition(".")[2], lines


def test_an_operation_is_called_by_the_rules() -> None:
    assert [(row, *called(row)) for row in ROWS] == [(row, row[-1], ()) for row in ROWS]


@pytest.mark.parametrize(
    ("stated", "name"),
    [
        *((f"search.{name}", f"search.{names.snake_case(name)}") for name in ("Query", "Any", "UNSET", "_run")),
        *(("things.__init__", "things.init"), ("things.class", "things.class_"), ("Things.é", "things.e")),
        *(("things.str", "things.str_"), ("close.it", "close_.it"), ("__class__.x", "class_.x")),
    ],
)
def test_a_stated_name_is_spelled_like_every_method_and_hides_nothing(stated: str, name: str) -> None:
    (found,) = operation_ids(document({"/a": {"get": operation(operationId=stated)}}))[0].values()
    assert found == name


# --- a name stays its operation's ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"), [("refunds.create", "Refunds.create"), ("r.class", "r.class_"), ("r.getIt", "r.get_it")]
)
def test_two_that_state_one_name_get_names_of_their_own_and_the_report_says_so(one: str, other: str) -> None:
    paths = {
        "/a": {"post": operation("Make", operationId=one)},
        "/b": {"post": operation("Do", operationId=other)},
        "/c": {"post": operation("Create", tags=["refunds"])},
    }
    named, lines = operation_ids(document(paths))
    third = "refunds.create_of_c" if one == "refunds.create" else "refunds.create"
    assert named == {"POST /a": "things.make", "POST /b": "things.do", "POST /c": third}
    assert "POST /a and POST /b are both stated to be" in lines[0]


def test_an_id_that_either_document_has_at_another_path_stops_nothing() -> None:
    new, old = ({path: {"post": operation(operationId="refunds.create")}} for path in ("/refunds", "/moved"))
    read = parsed(document(new), document(old))
    assert len({each.id for each in read.package.operations}) == 2
    assert len(read.shared_names) >= 1


def test_with_an_overlay_what_was_reported_is_what_it_has_to_settle() -> None:
    paths = {path: {"get": operation(path.strip("/"))} for path in ("/a", "/b")}
    update = {"target": "$.paths[*].get", "update": {"operationId": "things.get"}}
    assert parsed(document(paths), actions=(overlay.action(update, "action 1"),)).shared_names


COLLISIONS: dict[str, tuple[Json, list[str]]] = {
    "two that would meet without the noun keep it": (
        {
            "/team": {"get": operation("Get team", tags=["Teams"])},
            "/teams/{id}": {"get": operation("Get team by ID", tags=["Teams"])},
            "/teams": {"get": operation("Get all teams", tags=["Teams"])},
        },
        ["teams.get_team", "teams.get_team_by_id", "teams.list"],
    ),
    "one name, and another that is its longer one": (
        {
            "/orders/{id}/items": {"get": operation("List items")},
            "/carts/{id}/items": {"get": operation("List items")},
            "/odd": {"get": operation("List items of order")},
        },
        ["things.get_orders_id_items", "things.list_items_of_cart", "things.list_items_of_order_of_odd"],
    ),
}


def never_moves(paths: Json) -> dict[str, str]:
    """The names; whichever operation goes, none of the others gets a name that was another's."""
    before, _ = operation_ids({"paths": paths})
    assert len(set(before.values())) == len(paths)
    for gone in paths:
        after, _ = operation_ids({"paths": {path: item for path, item in paths.items() if path != gone}})
        for place, name in after.items():
            assert name == before[place] or name not in before.values()
    return before


@pytest.mark.parametrize(("paths", "expected"), COLLISIONS.values(), ids=COLLISIONS)
def test_a_name_never_comes_to_mean_another_operation(paths: Json, expected: list[str]) -> None:
    assert list(never_moves(paths).values()) == expected


SOME = st.sampled_from(
    [
        *("", "Get team", "Get all teams", "Get a team by ID", "List teams", "getTeam", "teams_get", "get_x", "Teams"),
        "a " * 40,
    ]
)
ROUTES = ["/teams", "/teams/{id}", "/x", "/x/teams", "/v1/teams", "/x/{id}/teams"]


@examples(40)
@given(st.dictionaries(st.sampled_from(ROUTES), st.tuples(SOME, SOME, st.sampled_from(["Teams", "x"])), min_size=2))
def test_whichever_operations_there_are_none_gets_the_name_of_one_that_goes(
    chosen: dict[str, tuple[str, str, str]],
) -> None:
    never_moves(
        {
            path: {"get": {"summary": summary, "operationId": stated, "tags": [tag]}}
            for path, (summary, stated, tag) in chosen.items()
        }
    )


PARTS = [*"<>[]()&'/_ .:1A\u2019\u00e9\ud83d", "<p>", "](", "&lt;", "'s", "IDs", "GitHub", "a", "gets", "the"]
TEXTS = st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PARTS)).map("".join))


@examples(60)
@given(TEXTS, TEXTS.map(lambda text: text.replace(".", "")), TEXTS, st.sampled_from(["get", "post", "delete"]))
def test_every_name_is_a_short_valid_identifier(summary: str, stated: str, path: str, method: str) -> None:
    node = {"summary": summary, "operationId": stated, "tags": ["things"]}
    (id_,) = operation_ids({"paths": {f"/{path}": {method: node}}})[0].values()
    name = id_.removeprefix("things.")
    assert name.isascii() and name.isidentifier() and not keyword.iskeyword(name) and not name.startswith("_")
    assert len(name.removeprefix("call_").removesuffix("_")) <= 55


def test_names_that_are_longer_than_a_name_can_be_are_told_apart() -> None:
    long = "/".join(f"part{number}" for number in range(60))
    paths = {f"/{long}/{last}": {"get": operation("")} for last in ("first", "second", "third")}
    assert len(set(operation_ids(document(paths))[0].values())) == 3


@pytest.mark.parametrize("part", ["word ", "<p ", "](", "'s", "A/", "IDs", "&lt;", "GitHub", "a_"])
def test_of_a_text_no_more_is_read_than_a_name_needs(part: str) -> None:
    long, short = (part * times for times in (50_000, 500))
    for key in ("summary", "operationId"):
        found, expected = (
            operation_ids({"paths": {"/a": {"get": {key: text, "tags": ["things"]}}}})[0] for text in (long, short)
        )
        assert found == expected
