// Lesson 13: the jar, which decides what goes back to whom.

#include <chrono>
#include <cstddef>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <http/client.hpp>
#include <http/cookies.hpp>
#include <http/server.hpp>

#include "support/http_site.hpp"
#include "support/run_virtual.hpp"

namespace {

using aio::Coro;
using http::CookieJar, http::Headers, http::Url;
using namespace std::chrono_literals;

const CookieJar::Time now = std::chrono::system_clock::from_time_t(1'700'000'000);

void set(CookieJar& jar, std::string_view url, std::string_view cookie) {
  jar.store(Headers{{"Set-Cookie", std::string(cookie)}}, Url::parse(url), now);
}

std::string sent(CookieJar& jar, std::string_view url, std::chrono::seconds later = 0s) {
  return jar.header_for(Url::parse(url), now + later);
}

/// What `to` is sent after `from` has set a cookie.
std::string sent_after(std::string_view from, std::string_view cookie, std::string_view to,
                       std::chrono::seconds later = 0s) {
  CookieJar jar;
  set(jar, from, cookie);
  return sent(jar, to, later);
}

TEST(Cookies, GoBackToTheOriginThatHasSetThem) {
  EXPECT_EQ(sent_after("http://a.org/", "x=1", "http://a.org/"), "x=1");
  EXPECT_EQ(sent_after("http://a.org/", "x=1", "http://A.ORG:80/any/path?q"), "x=1");
  EXPECT_EQ(sent_after("http://a.org/", "x=1", "ws://a.org/"), "x=1");
  EXPECT_EQ(sent_after("http://localhost:8000/", "x=1", "http://localhost:8000/"), "x=1");
  EXPECT_EQ(sent_after("http://[::1]:8000/", "x=1", "http://[::1]:8000/"), "x=1");
}

TEST(Cookies, GoToNoOtherOrigin) {
  for (const char* other : {"http://b.org/", "http://www.a.org/", "http://org/", "http://xa.org/",
                            "http://a.org:81/", "https://a.org/", "http://a.org.b.org/"}) {
    EXPECT_EQ(sent_after("http://a.org/", "x=1", other), "") << other;
  }
  EXPECT_EQ(sent_after("https://a.org/", "x=1", "http://a.org/"), "");
  EXPECT_EQ(sent_after("http://127.0.0.1:1/", "x=1", "http://127.0.0.1:2/"), "");
}

TEST(Cookies, GoFurtherWhereTheirDomainSaysSo) {
  for (const char* cookie : {"x=1; Domain=a.org", "x=1; domain=.A.ORG"}) {
    EXPECT_EQ(sent_after("http://www.a.org/", cookie, "http://a.org/"), "x=1");
    EXPECT_EQ(sent_after("http://www.a.org/", cookie, "http://x.y.a.org/"), "x=1");
    EXPECT_EQ(sent_after("http://www.a.org/", cookie, "http://b.org/"), "");
    EXPECT_EQ(sent_after("http://www.a.org/", cookie, "http://xa.org/"), "");
  }
  EXPECT_EQ(sent_after("http://www.a.org/", "x=1; Domain=", "http://a.org/"), "");
}

TEST(Cookies, AreNotSetForADomainThatIsNotTheServers) {
  for (const char* domain : {"b.org", "www.a.org", "org", ".org", "x.org"}) {
    CookieJar jar;
    set(jar, "http://a.org/", std::string("x=1; Domain=") + domain);
    EXPECT_EQ(jar.cookies().size(), 0U) << domain;
  }
  EXPECT_EQ(sent_after("http://10.0.0.1/", "x=1; Domain=0.0.1", "http://9.0.0.1/"), "");
  EXPECT_EQ(sent_after("http://10.0.0.1/", "x=1; Domain=10.0.0.1", "http://10.0.0.1/"), "x=1");
  EXPECT_EQ(sent_after("http://localhost/", "x=1; Domain=localhost", "http://localhost/"), "x=1");
  EXPECT_EQ(sent_after("http://localhost/", "x=1; Domain=localhost", "http://a.localhost/"), "");
}

TEST(Cookies, BelongToAPath) {
  EXPECT_EQ(sent_after("http://a/", "x=1; Path=/b", "http://a/b"), "x=1");
  EXPECT_EQ(sent_after("http://a/", "x=1; Path=/b", "http://a/b/c"), "x=1");
  EXPECT_EQ(sent_after("http://a/", "x=1; Path=/b", "http://a/bc"), "");
  EXPECT_EQ(sent_after("http://a/", "x=1; Path=/b/", "http://a/b"), "");
  EXPECT_EQ(sent_after("http://a/b/c", "x=1", "http://a/b/d"), "x=1");
  EXPECT_EQ(sent_after("http://a/b/c", "x=1; Path=relative", "http://a/b/d"), "x=1");
  EXPECT_EQ(sent_after("http://a/b/c", "x=1", "http://a/d"), "");
}

TEST(Cookies, WithLongerPathsComeFirst) {
  CookieJar jar;
  set(jar, "http://a/", "short=1; Path=/");
  set(jar, "http://a/", "long=2; Path=/b/c");
  set(jar, "http://a/", "also-short=3; Path=/");
  EXPECT_EQ(sent(jar, "http://a/b/c"), "long=2; short=1; also-short=3");
}

TEST(Cookies, AreReplacedByOneOfTheSameName) {
  CookieJar jar;
  set(jar, "http://a/", "x=1");
  set(jar, "http://a/", "y=2");
  set(jar, "http://a/", "x=3");
  EXPECT_EQ(sent(jar, "http://a/"), "x=3; y=2");
}

TEST(Cookies, GoWhenTheirTimeIsOver) {
  EXPECT_EQ(sent_after("http://a/", "x=1; Max-Age=10", "http://a/", 9s), "x=1");
  EXPECT_EQ(sent_after("http://a/", "x=1; Max-Age=10", "http://a/", 10s), "");
  EXPECT_EQ(sent_after("http://a/", "x=1; Expires=Tue, 14 Nov 2023 22:13:30 GMT", "http://a/", 9s),
            "x=1");
  EXPECT_EQ(sent_after("http://a/", "x=1; Expires=Tue, 14 Nov 2023 22:13:30 GMT", "http://a/", 10s),
            "");
  EXPECT_EQ(sent_after("http://a/", "x=1; Max-Age=10; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
                       "http://a/"),
            "x=1");
  EXPECT_EQ(sent_after("http://a/", "x=1; Max-Age=ten; Expires=nonsense", "http://a/"), "x=1");
  EXPECT_EQ(sent_after("http://a/", "x=1; Max-Age=99999999999999999999", "http://a/", 24h), "x=1");
}

TEST(Cookies, AreRemovedByOneThatHasExpired) {
  CookieJar jar;
  for (const char* gone : {"x=; Max-Age=0", "x=; Max-Age=-1", "x=; Expires=Thu, 1-Jan-70 0:0:0"}) {
    set(jar, "http://a/", "x=1");
    EXPECT_EQ(sent(jar, "http://a/"), "x=1");
    set(jar, "http://a/", gone);
    EXPECT_EQ(sent(jar, "http://a/"), "") << gone;
  }
}

TEST(Cookies, ThatAreSecureGoUnderTlsOnly) {
  const std::string wide = "x=1; Secure; Domain=a.org";
  EXPECT_EQ(sent_after("https://a.org/", wide, "https://a.org/"), "x=1");
  EXPECT_EQ(sent_after("https://a.org/", wide, "http://a.org/"), "");
  EXPECT_EQ(sent_after("http://a.org/", wide, "https://a.org/"), "");  // not set at all
}

TEST(Cookies, ThatAreSecureAreNotReplacedInClear) {
  CookieJar jar;
  set(jar, "https://a.org/", "x=1; Secure; Domain=a.org");
  set(jar, "http://www.a.org/", "x=2; Domain=a.org");
  set(jar, "http://www.a.org/", "x=2");
  EXPECT_EQ(sent(jar, "https://www.a.org/"), "x=1");
  EXPECT_EQ(sent(jar, "http://www.a.org/"), "");
  set(jar, "https://a.org/", "x=3; Secure; Domain=a.org");
  EXPECT_EQ(sent(jar, "https://a.org/"), "x=3");
}

TEST(Cookies, KeepWhatTheirNamePromises) {
  EXPECT_EQ(sent_after("https://a.org/", "__Secure-x=1", "https://a.org/"), "");
  EXPECT_EQ(sent_after("https://a.org/", "__Secure-x=1; Secure", "https://a.org/"), "__Secure-x=1");
  EXPECT_EQ(
      sent_after("https://a.org/", "__Host-x=1; Secure; Path=/; Domain=a.org", "https://a.org/"),
      "");
  EXPECT_EQ(sent_after("https://a.org/b/", "__Host-x=1; Secure", "https://a.org/b/"), "");
  EXPECT_EQ(sent_after("https://a.org/b/", "__Host-x=1; Secure; Path=/", "https://a.org/"),
            "__Host-x=1");
}

TEST(Cookies, ThatAreNoneAreIgnored) {
  CookieJar jar;
  for (const std::string none : {"", "x", "=1", " =1", "; x=1"}) set(jar, "http://a/", none);
  set(jar, "http://a/", "x=" + std::string(4096, 'y'));
  EXPECT_EQ(jar.cookies().size(), 0U);
  set(jar, "http://a/", " x = \"1\" ; unknown ; HttpOnly; SameSite=None");
  EXPECT_EQ(sent(jar, "http://a/"), "x=\"1\"");
}

TEST(Cookies, AreNoMoreThanSoMany) {
  CookieJar jar;
  for (int i = 0; i < 60; ++i) set(jar, "http://a/", "x" + std::to_string(i) + "=1");
  EXPECT_EQ(jar.cookies().size(), 50U);
  EXPECT_EQ(jar.cookies().front().name, "x10");
  for (int i = 0; i < 2000; ++i) set(jar, "http://h" + std::to_string(i) + "/", "x=1");
  EXPECT_EQ(jar.cookies().size(), 1000U);
}

TEST(Cookies, ReadDatesAsServersWriteThem) {
  for (const char* date : {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                           "Sun Nov  6 08:49:37 1994", "6-nov-1994 8:49:37"}) {
    EXPECT_EQ(http::detail::parse_cookie_date(date), std::optional<std::time_t>(784111777)) << date;
  }
  for (const char* none : {"", "06 Nov 1994", "08:49:37", "32 Nov 1994 08:49:37",
                           "30 Feb 1994 08:49:37", "06 Nov 1994 24:00:00", "06 Nov 1600 08:49:37",
                           "06 Nov 1994 8:49", "006 Nov 1994 08:49:37"}) {
    EXPECT_EQ(http::detail::parse_cookie_date(none), std::nullopt) << none;
  }
}

// ── the client ──

/// Sets a cookie, leads elsewhere, or says which cookies came.
Coro<http::Response> tell(http::ServerRequest& request) {
  const auto host = request.headers.get("Host").value_or("");
  if (request.path() == "/log-in") {
    http::Response response(303);
    response.headers.add("Set-Cookie", "who=" + std::string(host) + "; Path=/");
    response.headers.add("Location", request.query_value("then").value_or("/"));
    co_return response;
  }
  std::string cookies;
  for (const std::string_view one : request.headers.get_all("Cookie")) cookies.append(one);
  co_return http::Response(200, cookies);
}

template <class Talk>
void with_client(http::ClientOptions options, Talk talk) {
  const auto all = [&]() -> Coro<> {
    tests::Site site = tests::Site::of(tell);
    http::Client client(options, site.connector());
    co_await talk(client);
  };
  tests::run_virtual(all());
}

TEST(ClientCookies, AreKeptOnRequestOnly) {
  with_client({}, [](http::Client& client) -> Coro<> {
    EXPECT_EQ((co_await client.get("http://a/log-in")).body, "");
  });
  http::ClientOptions options;
  options.cookies = std::make_shared<CookieJar>();
  with_client(options, [](http::Client& client) -> Coro<> {
    EXPECT_EQ((co_await client.get("http://a/log-in")).body, "who=a");
    EXPECT_EQ((co_await client.get("http://a/")).body, "who=a");
    EXPECT_EQ((co_await client.get("http://b/")).body, "");
  });
  EXPECT_EQ(options.cookies->cookies().size(), 1U);
}

TEST(ClientCookies, OfOneOriginDoNotFollowARedirectToAnother) {
  http::ClientOptions options;
  options.cookies = std::make_shared<CookieJar>();
  with_client(options, [](http::Client& client) -> Coro<> {
    EXPECT_EQ((co_await client.get("http://a/log-in?then=http://b/")).body, "");
    const char* const there_and_back = "http://b/log-in?then=http://a/";
    EXPECT_EQ((co_await client.get(there_and_back)).body, "who=a");
    EXPECT_EQ((co_await client.get("http://b/")).body, "who=b");
  });
}

TEST(ClientCookies, OfTheRequestTakeThePlaceOfTheJars) {
  http::ClientOptions options;
  options.cookies = std::make_shared<CookieJar>();
  with_client(options, [](http::Client& client) -> Coro<> {
    co_await client.get("http://a/log-in");
    http::RequestOptions own;
    own.headers = {{"Cookie", "mine=1"}};
    EXPECT_EQ((co_await client.get("http://a/", own)).body, "mine=1");
  });
}

}  // namespace
