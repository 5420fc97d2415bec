// Lesson 13: files of a folder, and no others. In real time: threads read them.

#include <chrono>
#include <cstddef>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <aio/stream.hpp>
#include <aio/task.hpp>
#include <http/server.hpp>
#include <http/static_files.hpp>

#include "support/http_pair.hpp"
#include "support/spared.hpp"
#include "support/temporary.hpp"

namespace {

using aio::Coro;
using http::StaticFilesOptions;
namespace fs = std::filesystem;

const std::string large = [] {
  std::string bytes;
  for (int i = 0; bytes.size() < 200'000; ++i) bytes += std::to_string(i) + " ";
  return bytes;
}();

/// A folder with a few files, and one beside it that nobody may see.
class StaticFiles : public testing::Test {
 protected:
  StaticFiles() {
    fs::create_directories(root / "docs" / ".git");
    write(base / "secret", "secret");
    write(root / "a.txt", "0123456789");
    write(root / "empty", "");
    write(root / "large.bin", large);
    write(root / "docs" / "index.html", "<p>docs");
    write(root / "docs" / ".git" / "config", "secret");
    write(root / "with space.css", "css");
    fs::create_directories(root / "bare");
    fs::create_symlink(base / "secret", root / "out");
    fs::create_symlink("../secret", root / "up");
    fs::create_symlink(base, root / "outside");
    fs::create_symlink("docs/index.html", root / "within");
    ::mkfifo((root / "pipe").c_str(), 0600);
    set_time(root / "a.txt", 784111777);
  }
  ~StaticFiles() override {
    const tests::Spared cleaning;
    fs::remove_all(base);
  }

  static void write(const fs::path& path, const std::string& content) {
    std::ofstream(path, std::ios::binary) << content;
  }
  static void set_time(const fs::path& path, std::time_t time) {
    const timespec times[2] = {{time, 0}, {time, 0}};
    ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
  }

  struct Answer {
    std::string head, body;
    std::string status() const { return head.substr(9, 3); }
    std::string header(const std::string& name) const {
      const std::size_t at = head.find("\r\n" + name + ": ");
      if (at == head.npos) return "none";
      const std::size_t begin = at + name.size() + 4;
      return head.substr(begin, head.find("\r\n", begin) - begin);
    }
  };

  /// What is answered to a request for a target, with more lines in its head.
  Answer ask(std::string target, std::string headers = "", std::string method = "GET") const {
    const std::string request =
        method + " " + target + " HTTP/1.1\r\nHost: h\r\n" + headers + "Connection: close\r\n\r\n";
    const std::string all = aio::run(talk(root, options, request));
    const std::size_t end = all.find("\r\n\r\n");
    return {all.substr(0, end + 2), all.substr(end + 4)};
  }

  static Coro<std::string> talk(fs::path root, StaticFilesOptions options, std::string request) {
    tests::StreamPair pair;
    http::Router router;
    router.get("/{path...}", http::static_files(root, options));
    http::Handler handler = std::move(router).handler();
    auto served = aio::create_task(http::serve_stream(std::move(*pair.far), std::move(handler)));
    pair.near->write(request);
    std::string all = co_await pair.near->read_all();
    pair.near->close();
    co_await served;
    co_return all;
  }

  const fs::path base = tests::temporary("static"), root = base / "root";
  StaticFilesOptions options;
};

TEST_F(StaticFiles, AreSentWithTheirType) {
  const Answer answer = ask("/a.txt");
  EXPECT_EQ(answer.status(), "200");
  EXPECT_EQ(answer.body, "0123456789");
  EXPECT_EQ(answer.header("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(answer.header("Content-Length"), "10");
  EXPECT_EQ(answer.header("Last-Modified"), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(answer.header("ETag"), "\"784111777000000000-10\"");
  EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(ask("/with%20space.css?v=2").body, "css");
  EXPECT_EQ(ask("/empty").header("Content-Length"), "0");
  EXPECT_EQ(ask("/empty").header("Content-Type"), "application/octet-stream");
  EXPECT_EQ(ask("/within").body, "<p>docs");
}

TEST_F(StaticFiles, AreSentPieceByPiece) {
  const Answer answer = ask("/large.bin");
  EXPECT_EQ(answer.header("Content-Length"), std::to_string(large.size()));
  EXPECT_EQ(answer.body, large);
}

TEST_F(StaticFiles, TellHeadWhatGetWouldBring) {
  for (const char* const target : {"/a.txt", "/large.bin", "/empty"}) {
    const Answer get = ask(target), head = ask(target, "", "HEAD");
    EXPECT_EQ(head.body, "");
    EXPECT_EQ(head.header("Content-Length"), get.header("Content-Length"));
    EXPECT_EQ(head.header("ETag"), get.header("ETag"));
    EXPECT_EQ(head.status(), "200");
  }
}

TEST_F(StaticFiles, LeadNowhereElse) {
  for (const char* const target : {"/../secret",
                                   "/%2e%2e/secret",
                                   "/%2E./secret",
                                   "/..%2fsecret",
                                   "/..%2Fsecret",
                                   "/docs/../../secret",
                                   "/docs/%2e%2e/%2e%2e/secret",
                                   "/docs/..",
                                   "/docs/../a.txt",
                                   "/out",
                                   "/up",
                                   "/outside/secret",
                                   "/outside/root/a.txt",
                                   "/%2fetc/passwd",
                                   "//etc/passwd",
                                   "/a.txt%00",
                                   "/a.txt%00.css",
                                   "/%00",
                                   "/docs/.git/config",
                                   "/docs/%2egit/config",
                                   "/.",
                                   "/./a.txt",
                                   "/docs//index.html",
                                   "/pipe",
                                   "/bare/",
                                   "/a.txt/",
                                   "/a.txt/b",
                                   "/..\\secret",
                                   "/proc/self/root/etc/passwd",
                                   "/none",
                                   "/%ff"}) {
    const Answer answer = ask(target);
    EXPECT_EQ(answer.status(), "404") << target;
    EXPECT_EQ(answer.body, "There is nothing here.\n") << target;
  }
  EXPECT_EQ(ask("/" + std::string(5000, 'x')).status(), "404");
}

TEST_F(StaticFiles, MayBeHiddenOnesOnRequest) {
  options.hidden = true;
  EXPECT_EQ(ask("/docs/.git/config").status(), "200");
  EXPECT_EQ(ask("/../secret").status(), "404");
}

TEST_F(StaticFiles, HaveAPageForAFolder) {
  EXPECT_EQ(ask("/docs/").body, "<p>docs");
  EXPECT_EQ(ask("/docs/").header("Content-Type"), "text/html; charset=utf-8");
  const Answer answer = ask("/docs?x=1");
  EXPECT_EQ(answer.status(), "301");
  EXPECT_EQ(answer.header("Location"), "./docs/?x=1");
  options.index = "";
  EXPECT_EQ(ask("/docs/").status(), "404");
  EXPECT_EQ(ask("/docs").status(), "404");
}

TEST_F(StaticFiles, AreNotSentToWhoHasThem) {
  struct Row {
    const char *headers, *status;
  };
  static constexpr Row rows[] = {
      {"If-None-Match: \"784111777000000000-10\"\r\n", "304"},
      {"If-None-Match: \"x\", W/\"784111777000000000-10\"\r\n", "304"},
      {"If-None-Match: *\r\n", "304"},
      {"If-None-Match: \"x\"\r\n", "200"},
      {"If-None-Match: \"x\"\r\nIf-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n", "200"},
      {"If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n", "304"},
      {"If-Modified-Since: Tue, 06 Nov 2001 08:49:37 GMT\r\n", "304"},
      {"If-Modified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n", "200"},
      {"If-Modified-Since: yesterday\r\n", "200"},
      {"If-Modified-Since: Sun, 06 Nox 1994 08:49:37 GMT\r\n", "200"},
      {"If-Match: \"784111777000000000-10\"\r\n", "200"},
      {"If-Match: W/\"784111777000000000-10\"\r\n", "412"},
      {"If-Match: \"x\"\r\n", "412"},
      {"If-Unmodified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n", "412"},
      {"If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n", "200"},
  };
  for (const auto& [headers, status] : rows) {
    const Answer answer = ask("/a.txt", headers);
    EXPECT_EQ(answer.status(), status) << headers;
    if (answer.status() != "304") continue;
    EXPECT_EQ(answer.body, "") << headers;
    EXPECT_EQ(answer.header("ETag"), "\"784111777000000000-10\"");
    EXPECT_EQ(answer.header("Content-Length"), "none");
  }
}

TEST_F(StaticFiles, GetAnotherTagWhenTheyChange) {
  const std::string before = ask("/a.txt").header("ETag");
  write(root / "a.txt", "9876543210");
  EXPECT_NE(ask("/a.txt").header("ETag"), before);
}

TEST_F(StaticFiles, AreSentInParts) {
  struct Row {
    const char *range, *status, *body, *content_range;
  };
  static constexpr Row rows[] = {
      {"bytes=0-0", "206", "0", "bytes 0-0/10"},
      {"bytes=2-4", "206", "234", "bytes 2-4/10"},
      {"Bytes=2-4", "206", "234", "bytes 2-4/10"},
      {"bytes=7-", "206", "789", "bytes 7-9/10"},
      {"bytes=7-999", "206", "789", "bytes 7-9/10"},
      {"bytes=-3", "206", "789", "bytes 7-9/10"},
      {"bytes=-99", "206", "0123456789", "bytes 0-9/10"},
      {"bytes=10-", "416", "The file has no such part.\n", "bytes */10"},
      {"bytes=-0", "416", "The file has no such part.\n", "bytes */10"},
      {"bytes=4-2", "200", "0123456789", "none"},
      {"bytes=-", "200", "0123456789", "none"},
      {"bytes=", "200", "0123456789", "none"},
      {"bytes=a-b", "200", "0123456789", "none"},
      {"bytes=+1-2", "200", "0123456789", "none"},
      {"bytes=0-1,3-4", "200", "0123456789", "none"},
      {"lines=0-1", "200", "0123456789", "none"},
      {"bytes=99999999999999999999-", "200", "0123456789", "none"},
  };
  for (const auto& [range, status, body, content_range] : rows) {
    const Answer answer = ask("/a.txt", "Range: " + std::string(range) + "\r\n");
    EXPECT_EQ(answer.status(), status) << range;
    EXPECT_EQ(answer.body, body) << range;
    EXPECT_EQ(answer.header("Content-Range"), content_range) << range;
  }
  EXPECT_EQ(ask("/empty", "Range: bytes=0-\r\n").status(), "416");
  const Answer rest = ask("/large.bin", "Range: bytes=100-\r\n");
  EXPECT_EQ(rest.status(), "206");
  EXPECT_EQ(rest.body, large.substr(100));
  EXPECT_EQ(ask("/a.txt", "Range: bytes=2-4\r\n", "HEAD").header("Content-Length"), "10");
}

TEST_F(StaticFiles, AreSentInPartsOnlyIfTheyAreTheSame) {
  const std::string range = "Range: bytes=2-4\r\nIf-Range: ";
  EXPECT_EQ(ask("/a.txt", range + "\"784111777000000000-10\"\r\n").body, "234");
  EXPECT_EQ(ask("/a.txt", range + "Sun, 06 Nov 1994 08:49:37 GMT\r\n").body, "234");
  EXPECT_EQ(ask("/a.txt", range + "W/\"784111777000000000-10\"\r\n").body, "0123456789");
  EXPECT_EQ(ask("/a.txt", range + "Sun, 06 Nov 1994 08:49:38 GMT\r\n").body, "0123456789");
}

TEST_F(StaticFiles, EndTheConnectionWhenTheyBecomeShorter) {
  // It is too large for what a socket holds, so the rest is read after it was cut.
  write(root / "huge", std::string(8'000'000, 'x'));
  const auto cut = [](fs::path folder) -> Coro<std::size_t> {
    tests::StreamPair pair;
    http::Handler handler = http::static_files(folder, [] {
      StaticFilesOptions whole_path;
      whole_path.parameter = "";
      return whole_path;
    }());
    int reports = 0;
    aio::running_loop().set_exception_handler(
        [&reports](const aio::ExceptionContext&) { ++reports; });
    auto served = aio::create_task(http::serve_stream(std::move(*pair.far), std::move(handler)));
    pair.near->write("GET /huge HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    std::size_t got = (co_await pair.near->read()).size();
    fs::resize_file(folder / "huge", 1000);
    try {
      got += (co_await pair.near->read_all()).size();
    } catch (const std::system_error&) {  // reset
    }
    pair.near->close();
    co_await served;
    EXPECT_EQ(reports, 1);
    co_return got;
  };
  EXPECT_LT(aio::run(cut(root)), 8'000'000U);
}

TEST_F(StaticFiles, AreOnlyRead) {
  options.parameter = "";
  const auto post = [](fs::path folder, StaticFilesOptions whole) -> Coro<std::string> {
    tests::StreamPair pair;
    http::Handler handler = http::static_files(folder, whole);
    auto served = aio::create_task(http::serve_stream(std::move(*pair.far), std::move(handler)));
    pair.near->write("DELETE /a.txt HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    std::string all = co_await pair.near->read_all();
    pair.near->close();
    co_await served;
    co_return all;
  };
  const std::string all = aio::run(post(root, options));
  EXPECT_TRUE(all.starts_with("HTTP/1.1 405 ")) << all;
  EXPECT_NE(all.find("\r\nAllow: GET, HEAD\r\n"), all.npos);
}

TEST_F(StaticFiles, NeedAFolder) {
  EXPECT_THROW((void)http::static_files(root / "none"), std::system_error);
  EXPECT_THROW((void)http::static_files(root / "a.txt"), std::system_error);
}

TEST(MediaTypes, GoByTheEndOfTheName) {
  EXPECT_EQ(http::media_type_of("a.b.JS"), "text/javascript; charset=utf-8");
  EXPECT_EQ(http::media_type_of("x.d/file"), "application/octet-stream");
  EXPECT_EQ(http::media_type_of("file.unknown"), "application/octet-stream");
  EXPECT_EQ(http::media_type_of(""), "application/octet-stream");
}

TEST(HttpDates, AreReadAsTheyAreWritten) {
  for (const std::time_t time : {0L, 784111777L, 1709164800L, 4102444799L}) {
    EXPECT_EQ(http::parse_http_date(http::http_date(time)), time);
  }
  for (const char* const text :
       {"", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
        "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun, 06 ovD 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT "}) {
    EXPECT_FALSE(http::parse_http_date(text)) << text;
  }
}

}  // namespace
