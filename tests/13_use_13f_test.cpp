// use-13f: users as JSON.

#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <aio/task.hpp>
#include <http/client.hpp>
#include <http/server.hpp>
#include <nlohmann/json.hpp>

#include "support/http_site.hpp"
#include "support/run_virtual.hpp"
#include "support/story.hpp"
#include "users.hpp"

namespace {

using aio::Coro;
using nlohmann::json;
using tests::LooksLike, tests::Seen;

/// A client of the service.
class Visitor {
 public:
  Coro<> ask(std::string method, std::string path, std::string body = "",
             std::string type_said = "application/json") {
    story.step(method + " " + path + (body.empty() ? "" : " " + body) +
               (type_said == "application/json" ? "" : ", as " + type_said));
    http::RequestOptions options(std::move(body));
    if (!options.body.empty()) options.headers.add("Content-Type", type_said);
    http::ClientResponse response =
        co_await client.request(std::move(method), "http://here" + path, std::move(options));
    status = response.status;
    type = response.headers.get("Content-Type").value_or("");
    location = response.headers.get("Location").value_or("(none)");
    said = json::parse(response.body, nullptr, false);
  }
  /// "404 detail": the status, and whether a sentence says why.
  std::string refusal() const {
    const bool is_json = type.starts_with("application/json") && said.is_object();
    const bool why = is_json && said.contains("detail") && said["detail"].is_string();
    return std::to_string(status) + (why ? " detail" : is_json ? " JSON" : " no JSON");
  }
  std::string text() const { return said.is_discarded() ? "no JSON" : said.dump(); }

  tests::Story story{};
  int status = 0;
  std::string location{}, type{};
  json said{};

 private:
  http::Handler handler_ = users_service().handler();
  tests::Site site_ = tests::Site::of(
      [this](http::ServerRequest& request) -> Coro<http::Response> { return handler_(request); });

 public:
  http::Client client{{}, site_.connector()};
};

template <class Talk>
void visit(Talk talk) {
  const auto all = [&]() -> Coro<> {
    Visitor visitor;
    co_await talk(visitor);
  };
  tests::run_virtual(all());
}

TEST(Use13f_Users, AreNoneAtFirst) {
  visit([](Visitor& visitor) -> Coro<> {
    co_await visitor.ask("GET", "/users");
    EXPECT_STORY(visitor.story, visitor.status, 200, "an empty list is a good answer");
    EXPECT_STORY(visitor.story, visitor.text(), "[]", "a list of nobody",
                 Seen{"null", "nobody-is-null"});
    EXPECT_STORY(visitor.story, visitor.type, "application/json", "good answers are JSON, too",
                 LooksLike{"text/plain; charset=utf-8", "only-errors-are-json"});
  });
}

TEST(Use13f_Users, BelongToTheirService) {
  visit([](Visitor& visitor) -> Coro<> {
    visitor.story.step("there is another service");
    Visitor other;
    co_await other.ask("POST", "/users", R"({"name":"Eve"})");
    other.story.step("and POST /users {\"name\":\"Eve\"} went there");
    co_await visitor.ask("GET", "/users");
    EXPECT_STORY(visitor.story, visitor.text(), "[]",
                 "Eve was added to another service; this one knows nobody",
                 LooksLike{R"([{"id":1,"name":"Eve"}])", "all-services-share"});
  });
}

TEST(Use13f_Users, AreAddedAndShown) {
  visit([](Visitor& visitor) -> Coro<> {
    co_await visitor.ask("POST", "/users", R"({"name":"Ann"})", "application/json; charset=utf-8");
    EXPECT_STORY(visitor.story, visitor.status, 201, "somebody new is there",
                 LooksLike{415, "parameters-are-no-type"});
    EXPECT_STORY(visitor.story, visitor.text(), R"({"id":1,"name":"Ann"})", "with an id");
    EXPECT_STORY(visitor.story, visitor.type, "application/json", "good answers are JSON, too",
                 LooksLike{"text/plain; charset=utf-8", "only-errors-are-json"});
    EXPECT_STORY(visitor.story, visitor.location, "/users/1", "201 says where",
                 LooksLike{"(none)", "where-is-not-said"});
    co_await visitor.ask("POST", "/users", R"({"name":"Bob \"the\" Ünique\n"})",
                         "Application/JSON");
    EXPECT_STORY(visitor.story, visitor.location, "/users/2",
                 "capitals make no other type; the second user has a place of its own",
                 LooksLike{"(none)", "capitals-make-a-type"});
    co_await visitor.ask("GET", "/users/2");
    EXPECT_STORY(visitor.story, visitor.text(), R"({"id":2,"name":"Bob \"the\" Ünique\n"})",
                 "a name may hold whatever JSON can", LooksLike{"no JSON", "json-by-hand"});
    co_await visitor.ask("GET", "/users");
    EXPECT_STORY(visitor.story, visitor.text(),
                 R"([{"id":1,"name":"Ann"},{"id":2,"name":"Bob \"the\" Ünique\n"}])",
                 "both are listed, in the order in which they came, as GET /users/{id} shows them");
  });
}

TEST(Use13f_Nobody, IsSaidInJson) {
  visit([](Visitor& visitor) -> Coro<> {
    co_await visitor.ask("POST", "/users", R"({"name":"Ann"})");
    for (const std::string id : {"2000", "0", "-1", "1x", "x", "99999999999999999999", "%31%00"}) {
      co_await visitor.ask("GET", "/users/" + id);
      EXPECT_STORY(visitor.story, visitor.refusal(), "404 detail",
                   "whatever this is, it is no user's id, and the client is told so in JSON",
                   LooksLike{"500 no JSON", "an-id-is-a-number"},
                   LooksLike{"200 JSON", "what-begins-like-a-number"},
                   LooksLike{"404 no JSON", "only-good-answers-are-json"});
    }
  });
}

TEST(Use13f_Wrong, IsSaidInJson) {
  visit([](Visitor& visitor) -> Coro<> {
    for (const std::string body : {"{", "[]", "7", "{}", R"({"name":7})", R"({"name":""})"}) {
      co_await visitor.ask("POST", "/users", body);
      EXPECT_STORY(visitor.story, visitor.refusal(), "422 detail", "this is no user",
                   LooksLike{"500 no JSON", "json-is-always-right"},
                   LooksLike{"201 JSON", "everybody-is-a-user"});
    }
    co_await visitor.ask("POST", "/users", "name=Ann", "application/x-www-form-urlencoded");
    EXPECT_STORY(visitor.story, visitor.refusal(), "415 detail", "this is a form, and no JSON",
                 LooksLike{"422 detail", "the-type-is-not-looked-at"});
    co_await visitor.ask("POST", "/users", R"({"name":"Ann"})", "application/jsonlines");
    EXPECT_STORY(visitor.story, visitor.refusal(), "415 detail",
                 "a type whose name only begins with application/json is another type",
                 LooksLike{"201 JSON", "what-begins-like-json"});
    co_await visitor.ask("GET", "/users");
    EXPECT_STORY(visitor.story, visitor.text(), "[]", "what was refused must not be added",
                 LooksLike{"no JSON", "everybody-is-a-user"});
  });
}

}  // namespace
