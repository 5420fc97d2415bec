// Lesson 13, step 5: redirects.

#include <optional>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <aio/stream.hpp>
#include <aio/task.hpp>
#include <http/client.hpp>
#include <http/client/redirect.hpp>

#include "support/http_site.hpp"
#include "support/run_virtual.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"

namespace {

using aio::Coro;
using http::RedirectError, http::Request, http::Response, http::Url;
using http::detail::becomes_get, http::detail::redirect, http::detail::redirect_target;
using tests::LooksLike, tests::Seen;

const auto compiled_redirect = tests::compiled_from(http::layers::redirect);

/// Where a response leads from there, or what is thrown.
std::string leads(int status, const std::string& location,
                  const std::string& from = "http://here/a/b?c=d") {
  Response response(status);
  if (!location.empty()) response.headers.add("Location", location);
  try {
    const std::optional<Url> to = redirect_target(response, Url::parse(from));
    return to ? to->text() : "nowhere";
  } catch (const RedirectError&) {
    return "RedirectError";
  } catch (const http::UrlError&) {
    return "UrlError";
  }
}

/// A request that says who one is, with a body.
Request purchase() {
  Request request("POST", "/buy");
  for (const auto& [name, value] :
       {std::pair("Host", "shop"), std::pair("Authorization", "Basic secret"),
        std::pair("Cookie", "user=me"), std::pair("Content-Type", "text/plain"),
        std::pair("Content-Length", "4"), std::pair("Accept", "text/html")}) {
    request.headers.add(name, value);
  }
  return request;
}

std::string names_of(const Request& request) {
  std::string names;
  for (const auto [name, value] : request.headers) {
    names += (names.empty() ? "" : " ") + std::string(name);
  }
  return names;
}

TEST(Step5_Target, IsWhereTheLocationLeads) {
  tests::Story story;
  story.step("a page at http://here/a/b?c=d answers 302, Location: ../x");
  EXPECT_STORY(story, leads(302, "../x"), "http://here/x",
               "a location is a reference: it is seen from where the response came from",
               Seen{"UrlError", "a-location-is-a-url"},
               Seen{"RedirectError", "a-location-is-a-url"});
  EXPECT_STORY(story, leads(301, "https://there:81/y"), "https://there:81/y",
               "it may lead to another origin");
}

TEST(Step5_Target, IsOnlyThatOfARedirect) {
  tests::Story story;
  story.step("201 and 304 have a Location, too");
  EXPECT_STORY(story, leads(201, "/made"), "nowhere", "that is where something was made");
  EXPECT_STORY(story, leads(304, "/x"), "nowhere", "304 says that a copy is still good",
               Seen{"http://here/x", "every-3xx-is-a-redirect"});
  EXPECT_STORY(story, leads(302, ""), "nowhere",
               "there is no Location: the response is the answer");
  for (const int status : {301, 302, 303, 307, 308}) {
    EXPECT_STORY(story, leads(status, "/x"), "http://here/x", "this status is a redirect");
  }
}

TEST(Step5_Target, MustBeOneThatCanBeAskedInPrivate) {
  tests::Story story;
  story.step("a page of https://here leads to http://here");
  EXPECT_STORY(story, leads(302, "http://here/x", "https://here/a"), "RedirectError",
               "what was secret would be readable for everybody on the way",
               Seen{"http://here/x", "leaves-tls"});
  story.step("Location: ftp://here/x, then Location: http://");
  EXPECT_STORY(story, leads(302, "ftp://here/x"), "RedirectError", "a client for HTTP asks by HTTP",
               LooksLike{"UrlError", "a-bad-location-is-your-mistake"});
  EXPECT_STORY(story, leads(302, "http://"), "RedirectError",
               "the server has sent something that is no URL, not the program",
               Seen{"UrlError", "a-bad-location-is-your-mistake"});
}

TEST(Step5_Method, IsWhatBrowsersMakeOfIt) {
  tests::Story story;
  story.step("POST is redirected with 301, 302, 303, 307 and 308");
  std::string post, put, head;
  for (const int status : {301, 302, 303, 307, 308}) {
    post += becomes_get(status, "POST") ? "G" : "-";
    put += becomes_get(status, "PUT") ? "G" : "-";
    head += becomes_get(status, "HEAD") ? "G" : "-";
  }
  EXPECT_STORY(story, post, "GGG--",
               "301 and 302 turn POST into GET, as all browsers do; 303 says so",
               Seen{"--G--", "post-is-posted-again"}, Seen{"GGGGG", "everything-becomes-get"});
  story.step("so is PUT");
  EXPECT_STORY(story, put, "--G--", "only POST is turned into GET where nothing says so",
               Seen{"GGG--", "put-becomes-get"}, LooksLike{"GGGGG", "everything-becomes-get"});
  story.step("so is HEAD");
  EXPECT_STORY(story, head, "-----", "HEAD asks only already", Seen{"--G--", "head-becomes-get"},
               LooksLike{"GGGGG", "everything-becomes-get"});
}

TEST(Step5_Request, LosesItsBodyWithItsMethod) {
  tests::Story story;
  Request request = purchase();
  std::string body = "book";
  story.step("POST http://shop/buy leads to /thanks, with 303");
  redirect(request, body, 303, Url::parse("http://shop/buy"), Url::parse("http://shop/thanks"));
  EXPECT_STORY(story, request.method + " " + request.target, "GET /thanks",
               "303 asks for another page");
  EXPECT_STORY(story, body, "", "GET has no body", Seen{"book", "the-body-stays"});
  EXPECT_STORY(
      story, names_of(request), "Host Authorization Cookie Accept",
      "what the headers said of the body is true no more",
      Seen{"Host Authorization Cookie Content-Type Content-Length Accept", "the-body-stays"});
}

TEST(Step5_Request, KeepsEverythingWhereTheMethodStays) {
  tests::Story story;
  Request request = purchase();
  std::string body = "book";
  story.step("POST http://shop/buy leads to /checkout, with 307");
  redirect(request, body, 307, Url::parse("http://shop/buy"), Url::parse("http://shop/checkout"));
  EXPECT_STORY(story, request.method + " " + request.target + " " + body, "POST /checkout book",
               "307 says: the same again, there");
  EXPECT_STORY(story, request.headers == purchase().headers, true, "the origin is the same");
}

TEST(Step5_Request, ShowsNobodyElseWhoOneIs) {
  tests::Story story;
  Request request = purchase();
  std::string body = "book";
  story.step("POST http://shop/buy leads to http://other/x, with 307");
  redirect(request, body, 307, Url::parse("http://shop/buy"), Url::parse("http://other/x"));
  EXPECT_STORY(
      story, names_of(request), "Host Content-Type Content-Length Accept",
      "a password and a cookie are for the origin that they were given to",
      Seen{"Host Authorization Cookie Content-Type Content-Length Accept", "passwords-travel"},
      Seen{"Host Cookie Content-Type Content-Length Accept", "cookies-travel"});
  EXPECT_STORY(story, std::string(request.headers.get("Host").value_or("")), "other",
               "the request is for another host", Seen{"shop", "the-host-stays"});
}

TEST(Step5_Request, ShowsAnotherPortNothingEither) {
  tests::Story story;
  Request request = purchase();
  std::string body;
  story.step("POST http://shop/buy leads to http://shop:8080/x, with 307");
  redirect(request, body, 307, Url::parse("http://shop/buy"), Url::parse("http://shop:8080/x"));
  EXPECT_STORY(story, request.headers.contains("Authorization"), false,
               "an origin is scheme, host and port: behind another port is somebody else",
               LooksLike{true, "a-port-is-no-stranger"}, LooksLike{true, "passwords-travel"});
}

TEST(Step5_Client, FollowsNotForEver) {
  tests::Story story;
  const auto send_on = [](http::ServerRequest& request) -> Coro<Response> {
    Response response(302);
    response.headers.add("Location", request.target + "x");
    co_return response;
  };
  tests::Site site = tests::Site::of(send_on);
  std::string outcome;
  const auto ask = [&]() -> Coro<> {
    http::Client client({}, site.connector());
    try {
      http::ClientResponse response = co_await client.get("http://here/");
      outcome = std::to_string(response.status);
    } catch (const RedirectError&) {
      outcome = "RedirectError";
    }
  };
  story.step("each page leads to another one");
  tests::run_virtual(ask());
  EXPECT_STORY(story, outcome, "RedirectError", "ten redirects in a row are enough");
  EXPECT_STORY(story, site.connections().size(), 1U, "all of them go over one connection");
}

}  // namespace
