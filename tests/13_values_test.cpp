// Lesson 13: URLs, headers and messages, which are values.

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <http/headers.hpp>
#include <http/message.hpp>
#include <http/url.hpp>

namespace {

using http::Field, http::Headers, http::Url, http::UrlError;

std::string refusal(std::string_view url) {
  try {
    return "accepted: " + Url::parse(url).text();
  } catch (const UrlError& error) {
    return error.what();
  }
}

TEST(Url, HasAllParts) {
  const Url url = Url::parse("HTTPS://User:pass@Example.COM:8443/a%20b/c?x=1&y=%2F#here");
  EXPECT_EQ(url.scheme(), "https");
  EXPECT_TRUE(url.secure());
  EXPECT_EQ(url.host(), "example.com");
  EXPECT_EQ(url.port(), 8443);
  EXPECT_EQ(url.path(), "/a%20b/c");
  EXPECT_EQ(url.query(), "x=1&y=%2F");
  EXPECT_EQ(url.fragment(), "here");
  EXPECT_EQ(url.target(), "/a%20b/c?x=1&y=%2F");
}

TEST(Url, KeepsUserAndPasswordOutOfWhatIsSent) {
  const Url url = Url::parse("http://user:secret@host/");
  EXPECT_EQ(url.user_info(), "user:secret");
  EXPECT_EQ(url.authority(), "host");
  EXPECT_EQ(url.text(), "http://host/");
}

TEST(Url, TakesTheLastAtSignSoThatNoHostHides) {
  EXPECT_EQ(Url::parse("http://good.example@evil.example/").host(), "evil.example");
  EXPECT_EQ(Url::parse("http://a@b@c/").host(), "c");
}

TEST(Url, KnowsTheDefaultPorts) {
  EXPECT_EQ(Url::parse("http://h").port(), 80);
  EXPECT_EQ(Url::parse("ws://h").port(), 80);
  EXPECT_EQ(Url::parse("https://h").port(), 443);
  EXPECT_EQ(Url::parse("wss://h:").port(), 443);
  EXPECT_EQ(Url::parse("http://h:80/").authority(), "h");
  EXPECT_EQ(Url::parse("https://h:80/").authority(), "h:80");
  EXPECT_EQ(Url::parse("http://h:443/").origin(), "http://h:443");
}

TEST(Url, GivesAnEmptyPathASlash) {
  EXPECT_EQ(Url::parse("http://h").target(), "/");
  EXPECT_EQ(Url::parse("http://h?q").target(), "/?q");
  EXPECT_EQ(Url::parse("http://h/?").target(), "/?");
}

TEST(Url, TakesAddressesAsHosts) {
  const Url url = Url::parse("http://[::1]:8080/x");
  EXPECT_EQ(url.host(), "::1");
  EXPECT_EQ(url.port(), 8080);
  EXPECT_EQ(url.authority(), "[::1]:8080");
  EXPECT_EQ(Url::parse("http://127.0.0.1/").host(), "127.0.0.1");
}

TEST(Url, SaysWhatIsWrong) {
  EXPECT_EQ(refusal("example.com"), "a URL begins with http:// or another scheme");
  EXPECT_EQ(refusal("http:/host"), "after the scheme of a URL come two slashes and a host");
  EXPECT_EQ(refusal("ftp://host/"), "the scheme of a URL must be http, https, ws or wss, not ftp");
  EXPECT_EQ(refusal("http:///path"), "a URL needs a host");
  EXPECT_EQ(refusal("http://:80/"), "a URL needs a host");
  EXPECT_EQ(refusal("http://[::1/"), "the IPv6 address of a URL has no closing bracket");
  EXPECT_EQ(refusal("http://[1.2.3]/"), "this is no host name and no address: [1.2.3]");
  EXPECT_EQ(refusal("http://[::1]x/"), "this is no host name and no address: [::1]x");
  EXPECT_EQ(refusal("http://a%41b/"), "this is no host name and no address: a%41b");
  for (const char* port : {"0", "65536", "80x", "-1", "+80"}) {
    EXPECT_EQ(refusal("http://h:" + std::string(port)),
              "the port of a URL is a number from 1 to 65535, not " + std::string(port));
  }
}

TEST(Url, RefusesWhatTwoProgramsMayReadInTwoWays) {
  const std::string blank = "a URL has no blanks and no control characters in it";
  EXPECT_EQ(refusal("http://h/a b"), blank);
  EXPECT_EQ(refusal("http://h/a\r\nSet-Cookie: x"), blank);
  EXPECT_EQ(refusal(std::string_view("http://h/\0", 10)), blank);
  EXPECT_EQ(refusal("http://h/\xc3\xa4"), "write letters beyond ASCII as %XX in a URL");
  EXPECT_EQ(refusal("http://h\\@evil/"), "one of \"<>\\^`{|} stands in a URL; write it as %XX");
  for (const char* bad : {"http://h/%", "http://h/%4", "http://h/%4g", "http://h/?%zz"}) {
    EXPECT_EQ(refusal(bad), "a percent sign in a URL is followed by two hexadecimal digits");
  }
}

/// The examples of RFC 3986, 5.4, as far as they keep the scheme.
TEST(Url, ResolvesReferences) {
  const Url base = Url::parse("http://a/b/c/d;p?q");
  const std::vector<std::pair<const char*, const char*>> examples = {
      {"g", "http://a/b/c/g"},
      {"./g", "http://a/b/c/g"},
      {"g/", "http://a/b/c/g/"},
      {"/g", "http://a/g"},
      {"//g", "http://g/"},
      {"?y", "http://a/b/c/d;p?y"},
      {"g?y", "http://a/b/c/g?y"},
      {"#s", "http://a/b/c/d;p?q#s"},
      {"g#s", "http://a/b/c/g#s"},
      {"g?y#s", "http://a/b/c/g?y#s"},
      {";x", "http://a/b/c/;x"},
      {"g;x?y#s", "http://a/b/c/g;x?y#s"},
      {"", "http://a/b/c/d;p?q"},
      {".", "http://a/b/c/"},
      {"./", "http://a/b/c/"},
      {"..", "http://a/b/"},
      {"../", "http://a/b/"},
      {"../g", "http://a/b/g"},
      {"../..", "http://a/"},
      {"../../", "http://a/"},
      {"../../g", "http://a/g"},
      {"../../../g", "http://a/g"},
      {"/./g", "http://a/g"},
      {"/../g", "http://a/g"},
      {"g.", "http://a/b/c/g."},
      {".g", "http://a/b/c/.g"},
      {"./../g", "http://a/b/g"},
      {"./g/.", "http://a/b/c/g/"},
      {"g/./h", "http://a/b/c/g/h"},
      {"g/../h", "http://a/b/c/h"},
      {"g?y/./x", "http://a/b/c/g?y/./x"},
      {"https://z/", "https://z/"},
  };
  for (const auto& [reference, target] : examples) {
    EXPECT_EQ(base.resolve(reference).text(), target) << reference;
  }
  EXPECT_THROW(base.resolve("javascript:alert(1)"), UrlError);
  EXPECT_THROW(base.resolve("/a\r\nb"), UrlError);
}

TEST(Url, AnotherHostDoesNotGetThePassword) {
  const Url base = Url::parse("http://user:secret@a/");
  EXPECT_EQ(base.resolve("/x").user_info(), "user:secret");
  EXPECT_EQ(base.resolve("//b/").user_info(), "");
}

TEST(Percent, EncodesAndDecodes) {
  std::string every;
  for (int code = 0; code < 256; ++code) every += static_cast<char>(code);
  EXPECT_EQ(http::percent_decode(http::percent_encode(every)), every);
  EXPECT_EQ(http::percent_encode("a b/\xff~"), "a%20b%2F%FF~");
  EXPECT_EQ(http::percent_decode("a+b%2b"), "a+b+");
  EXPECT_EQ(http::form_decode("a+b%2b"), "a b+");
  for (const char* bad : {"%", "%1", "%g1", "%1g", "x%"}) {
    EXPECT_EQ(http::percent_decode(bad), std::nullopt) << bad;
  }
}

TEST(Headers, KeepOrderAndCaseAndCompareWithout) {
  Headers headers;
  headers.add("Accept", "a");
  headers.add("X-Id", "1");
  headers.add("accept", "b");
  EXPECT_EQ(headers.get("ACCEPT"), "a");
  EXPECT_EQ(headers.get_all("accept"), (std::vector<std::string_view>{"a", "b"}));
  EXPECT_EQ(headers.count("accept"), 2);
  EXPECT_EQ(headers.get("none"), std::nullopt);
  EXPECT_EQ(headers.text(), "Accept: a\r\nX-Id: 1\r\naccept: b\r\n");
  const std::vector<Field> fields(headers.begin(), headers.end());
  EXPECT_EQ(fields, (std::vector<Field>{{"Accept", "a"}, {"X-Id", "1"}, {"accept", "b"}}));
}

TEST(Headers, SetReplacesTheFirstAndRemovesTheOthers) {
  Headers headers{{"A", "1"}, {"B", "2"}, {"a", "3"}};
  headers.set("a", "4");
  EXPECT_EQ(headers.text(), "a: 4\r\nB: 2\r\n");
  headers.set("C", "5");
  EXPECT_EQ(headers.text(), "a: 4\r\nB: 2\r\nC: 5\r\n");
  headers.set("B", *headers.get("C"));  // a view of itself
  EXPECT_EQ(headers.get("B"), "5");
}

TEST(Headers, RemoveTakesAllOfAName) {
  Headers headers{{"A", "1"}, {"B", "2"}, {"a", "3"}};
  EXPECT_EQ(headers.remove("A"), 2);
  EXPECT_EQ(headers.text(), "B: 2\r\n");
  EXPECT_EQ(headers.size(), 1);
  EXPECT_EQ(headers.remove((*headers.begin()).name), 1);
  EXPECT_TRUE(headers.empty());
  EXPECT_EQ(headers.remove("A"), 0);
}

TEST(Headers, LeaveOutTheBlanksAroundAValue) {
  Headers headers{{"A", " \tx y\t "}, {"B", ""}, {"C", "a: b"}};
  EXPECT_EQ(headers.get("A"), "x y");
  EXPECT_EQ(headers.get("B"), "");
  EXPECT_EQ(headers.get("C"), "a: b");
}

TEST(Headers, RefuseWhatWouldEndAField) {
  Headers headers{{"A", "1"}};
  for (const std::string_view bad :
       {std::string_view("x\r\nSet-Cookie: y"), std::string_view("x\ny"), std::string_view("x\ry"),
        std::string_view("x\0y", 3), std::string_view("\x01"), std::string_view("\x7f"),
        std::string_view("x\n")}) {
    EXPECT_THROW(headers.add("B", bad), std::invalid_argument);
    EXPECT_THROW(headers.set("A", bad), std::invalid_argument);
  }
  for (const std::string_view bad :
       {std::string_view(""), std::string_view("a b"), std::string_view("a:"),
        std::string_view("a\r\nb"), std::string_view("\xe4"), std::string_view("a\0", 2),
        std::string_view("(a)")}) {
    EXPECT_THROW(headers.add(bad, "x"), std::invalid_argument);
    EXPECT_THROW(headers.set(bad, "x"), std::invalid_argument);
  }
  EXPECT_EQ(headers.text(), "A: 1\r\n");
  headers.add("B", "\xc3\xa4\tx");  // bytes beyond ASCII, and a tab inside, are allowed
  EXPECT_EQ(headers.get("B"), "\xc3\xa4\tx");
}

TEST(Headers, KnowListsOfTokens) {
  const Headers headers{{"Connection", "keep-alive, Upgrade"}, {"connection", "x,,close"}};
  for (const char* token : {"upgrade", "KEEP-ALIVE", "close", "x"}) {
    EXPECT_TRUE(headers.has_token("Connection", token)) << token;
  }
  EXPECT_FALSE(headers.has_token("Connection", "keep"));
  EXPECT_FALSE(headers.has_token("Upgrade", "x"));
}

TEST(Headers, AreEqualWhateverTheCaseOfTheirNames) {
  EXPECT_EQ((Headers{{"A", "x"}}), (Headers{{"a", "x"}}));
  EXPECT_NE((Headers{{"A", "x"}}), (Headers{{"A", "X"}}));
  EXPECT_NE((Headers{{"A", "x"}, {"B", "y"}}), (Headers{{"B", "y"}, {"A", "x"}}));
}

TEST(Message, HasAReasonForEveryCode) {
  EXPECT_EQ(http::reason_of(404), "Not Found");
  EXPECT_EQ(http::reason_of(299), "Success");
  EXPECT_EQ(http::reason_of(599), "Server Error");
}

TEST(Message, KnowsWhichResponsesHaveABody) {
  EXPECT_TRUE(http::has_body("GET", 200));
  EXPECT_TRUE(http::has_body("GET", 404));
  EXPECT_FALSE(http::has_body("HEAD", 200));
  for (const int status : {100, 101, 204, 304}) EXPECT_FALSE(http::has_body("GET", status));
  EXPECT_FALSE(http::has_body("CONNECT", 200));
  EXPECT_TRUE(http::has_body("CONNECT", 403));
}

TEST(Message, KnowsWhetherItsConnectionStaysOpen) {
  EXPECT_TRUE(http::keeps_alive({}, 1));
  EXPECT_FALSE(http::keeps_alive({}, 0));
  EXPECT_FALSE(http::keeps_alive({{"Connection", "Keep-Alive, CLOSE"}}, 1));
  EXPECT_TRUE(http::keeps_alive({{"connection", "Keep-Alive"}}, 0));
}

TEST(Message, AnAnswerHasAType) {
  const http::Response answer(404, "no such user\n");
  EXPECT_EQ(answer.headers.get("content-type"), "text/plain; charset=utf-8");
  EXPECT_FALSE(answer.ok());
  EXPECT_THROW(http::Response(200, "x", "a\r\nb: c"), std::invalid_argument);
}

}  // namespace
