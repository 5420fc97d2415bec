// use-13e: a download that goes on.

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <aio/sleep.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>
#include <http/client.hpp>
#include <http/server.hpp>

#include "download.hpp"
#include "support/http_site.hpp"
#include "support/run_virtual.hpp"
#include "support/story.hpp"

namespace {

using aio::Coro;
using namespace std::chrono_literals;
using tests::LooksLike, tests::Seen;

constexpr std::size_t size = 200'000;

/// A server with one file, whose connections break.
struct Shelf {
  Coro<http::Response> serve(http::ServerRequest& request) {
    ++requests;
    if (slow) co_await aio::sleep(10s);
    coding = request.headers.get("Accept-Encoding").value_or("(none)");
    if (request.target != "/file") co_return http::Response(404, "There is no such file.\n");
    const bool same = request.headers.get("If-Range").value_or("") == tag && !tag.empty();
    std::size_t from = 0;
    if (same) {
      const std::string range(request.headers.get("Range").value_or("bytes=0-"));
      from = std::stoul(range.substr(6));
    }
    asked.push_back(from);
    http::Response response(from == 0 ? 200 : 206);
    if (!tag.empty()) response.headers.add("ETag", tag);
    response.headers.add("Content-Length", std::to_string(size - from));
    if (from > 0) {
      response.headers.add("Content-Range", "bytes " + std::to_string(from + shift) + "-" +
                                                std::to_string(size - 1) + "/" +
                                                std::to_string(size));
    }
    const std::size_t to = breaks > 0 ? std::min(size, from + 50'000) : size;
    const bool whole = breaks-- <= 0;
    std::string part = content().substr(from, to - from);
    response.stream = [part = std::move(part), whole](http::BodyWriter body) {
      return write(body, part, whole);
    };
    co_return response;
  }
  static Coro<> write(http::BodyWriter body, std::string part, bool whole) {
    for (std::size_t at = 0; at < part.size(); at += 10'000) {
      co_await body.write(part.substr(at, 10'000));
    }
    if (!whole) throw std::runtime_error("the connection breaks");
  }
  std::string content() const { return std::string(size, letter); }

  std::string tag = "\"v1\"";
  char letter = 'a';
  int breaks = 0;         // how many responses break off, after 50,000 bytes each
  std::size_t shift = 0;  // how far the parts are from where they should begin
  bool slow = false;      // it takes ten seconds for each answer
  int requests = 0;
  std::vector<std::size_t> asked{};  // from where on
  std::string coding{};
};

/// A shelf, a client and a download.
struct Scene {
  Coro<> get(std::string path = "/file", int attempts = 3) {
    story.step("download(" + path + "), with " + std::to_string(into.bytes.size()) +
               " bytes of it there");
    const Tell tell = [this](std::uint64_t done, std::optional<std::uint64_t> total) {
      told.push_back(done);
      told_total = total;
    };
    thrown = "nothing";
    try {
      co_await download(client, "http://here" + path, into, tell, attempts);
    } catch (const NoFile&) {
      thrown = "NoFile";
    } catch (const aio::IncompleteReadError&) {
      thrown = "IncompleteReadError";
    } catch (const std::system_error&) {
      thrown = "system_error";
    }
  }
  Coro<http::Channel> connect(http::Url url) {
    if (refusals-- > 0) throw std::system_error(ECONNREFUSED, std::generic_category(), "connect");
    co_return co_await site.connector()(std::move(url));
  }

  tests::Story story{};
  Shelf shelf{};
  Download into{};
  std::vector<std::uint64_t> told{};
  std::optional<std::uint64_t> told_total{};
  std::string thrown{};
  int refusals = 0;  // how many attempts to connect fail
  tests::Site site = tests::Site::of([this](http::ServerRequest& request) -> Coro<http::Response> {
    return shelf.serve(request);
  });
  http::Client client{{}, [this](http::Url url) { return connect(std::move(url)); }};
};

template <class Play>
void play(Play play) {
  const auto all = [&]() -> Coro<> {
    Scene scene;
    aio::running_loop().set_exception_handler([](const aio::ExceptionContext&) {});
    co_await play(scene);
    aio::running_loop().set_exception_handler(nullptr);
  };
  tests::run_virtual(all());
}

TEST(Use13e_Download, TellsHowFarItIs) {
  play([](Scene& scene) -> Coro<> {
    co_await scene.get();
    EXPECT_STORY(scene.story, scene.thrown, "nothing", "nothing goes wrong");
    EXPECT_STORY(scene.story, scene.into.bytes == scene.shelf.content(), true,
                 "bytes are missing, are there twice, or are of another file");
    EXPECT_STORY(scene.story, scene.told.size() > 1, true, "it tells after each piece",
                 LooksLike{false, "tells-at-the-end"});
    EXPECT_STORY(scene.story, std::ranges::is_sorted(scene.told), true, "it gets more");
    if (scene.told.empty()) co_return;
    EXPECT_STORY(scene.story, scene.told.back(), size,
                 "it tells how much there is, not how much came");
    EXPECT_STORY(scene.story, scene.told_total, std::optional<std::uint64_t>(size),
                 "the server has said how long the file is");
    EXPECT_STORY(scene.story, scene.shelf.coding, "identity",
                 "a part of a coded body is no part of the file", Seen{"gzip", "a-part-of-gzip"});
  });
}

TEST(Use13e_Download, GoesOnWhereItStopped) {
  play([](Scene& scene) -> Coro<> {
    scene.shelf.breaks = 2;
    co_await scene.get();
    EXPECT_STORY(scene.story, scene.thrown, "nothing", "the third attempt brings the rest",
                 LooksLike{"IncompleteReadError", "one-attempt"});
    EXPECT_STORY(scene.story, scene.into.bytes == scene.shelf.content(), true,
                 "bytes are missing, are there twice, or are of another file");
    EXPECT_STORY(scene.story, scene.shelf.asked, (std::vector<std::size_t>{0, 50'000, 100'000}),
                 "what has come is not asked for again",
                 Seen{std::vector<std::size_t>{0, 0, 0}, "begins-anew"});
    EXPECT_STORY(scene.story, scene.told_total, std::optional<std::uint64_t>(size),
                 "the file is as long as before",
                 Seen{std::optional<std::uint64_t>(100'000), "the-rest-is-the-whole"});
  });
}

TEST(Use13e_Download, BeginsAnewWhenTheFileHasChanged) {
  play([](Scene& scene) -> Coro<> {
    scene.into = {std::string(80'000, 'b'), "\"v0\""};
    co_await scene.get();
    EXPECT_STORY(scene.story, scene.into.bytes == scene.shelf.content(), true,
                 "the first 80,000 bytes were of another file",
                 LooksLike{false, "two-files-in-one"});
    EXPECT_STORY(scene.story, scene.into.tag, "\"v1\"", "this is the file now");
  });
}

TEST(Use13e_Download, BeginsAnewWhenNobodyKnowsWhichFileItWas) {
  play([](Scene& scene) -> Coro<> {
    scene.shelf.tag.clear();
    scene.shelf.breaks = 1;
    co_await scene.get();
    EXPECT_STORY(scene.story, scene.into.bytes.size(), size, "each attempt brings all of it",
                 LooksLike{250'000U, "adds-all-to-a-part"});
    EXPECT_STORY(scene.story, scene.into.bytes == scene.shelf.content(), true,
                 "bytes are missing, are there twice, or are of another file");
  });
}

TEST(Use13e_Download, BeginsAnewAfterAWeakTag) {
  play([](Scene& scene) -> Coro<> {
    scene.shelf.tag = "W/\"v1\"";
    scene.shelf.breaks = 1;
    co_await scene.get();
    EXPECT_STORY(scene.story, scene.shelf.asked, (std::vector<std::size_t>{0, 0}),
                 "W/ stands before a weak tag: two files that have it mean the same, but their "
                 "bytes may differ",
                 Seen{std::vector<std::size_t>{0, 50'000}, "a-weak-tag-will-do"});
    EXPECT_STORY(scene.story, scene.into.bytes == scene.shelf.content(), true,
                 "bytes are missing, are there twice, or are of another file");
  });
}

TEST(Use13e_Download, TriesAgainWhenItCannotConnect) {
  play([](Scene& scene) -> Coro<> {
    scene.refusals = 2;
    scene.story.step("the first two attempts to connect are refused");
    co_await scene.get();
    EXPECT_STORY(scene.story, scene.thrown, "nothing",
                 "a connection that was refused has failed, too: the third attempt succeeds",
                 LooksLike{"system_error", "only-the-body-breaks"});
    EXPECT_STORY(scene.story, scene.into.bytes == scene.shelf.content(), true,
                 "bytes are missing, are there twice, or are of another file");
  });
}

TEST(Use13e_Download, EndsWhenItIsCancelled) {
  play([](Scene& scene) -> Coro<> {
    scene.shelf.slow = true;
    aio::Task<> getting = aio::create_task(scene.get());
    co_await aio::sleep(1s);
    scene.story.step("it is cancelled while it waits for the answer");
    getting.cancel();
    co_await aio::sleep(1s);
    EXPECT_STORY(scene.story, getting.done() && getting.cancelled(), true,
                 "who is told to stop does not try again",
                 LooksLike{false, "told-to-stop-it-tries-again"});
    getting.cancel();
    co_await aio::sleep(100s);
  });
}

TEST(Use13e_Download, TakesNoPartThatDoesNotFit) {
  play([](Scene& scene) -> Coro<> {
    scene.shelf.breaks = 1;
    scene.shelf.shift = 10;
    co_await scene.get();
    EXPECT_STORY(scene.story, scene.thrown, "NoFile",
                 "the part begins ten bytes too late: the file would have a hole",
                 LooksLike{"nothing", "any-part-will-do"});
  });
}

TEST(Use13e_Download, DoesNotTryForEver) {
  play([](Scene& scene) -> Coro<> {
    scene.shelf.breaks = 10;
    co_await scene.get("/file", 2);
    EXPECT_STORY(scene.story, scene.thrown, "IncompleteReadError", "two attempts, and no more");
    EXPECT_STORY(scene.story, scene.shelf.requests, 2, "two attempts were allowed");
    EXPECT_STORY(scene.story, scene.into.bytes.size(), 100'000U, "what has come is kept");
    scene.shelf.breaks = 0;
    scene.shelf.asked.clear();
    co_await scene.get();
    EXPECT_STORY(scene.story, scene.into.bytes == scene.shelf.content(), true,
                 "a later download brings the rest");
    EXPECT_STORY(scene.story, scene.shelf.asked, std::vector<std::size_t>{100'000},
                 "a later download goes on where the first one stopped");
  });
}

TEST(Use13e_Download, GivesUpAtOnceWhereThereIsNoFile) {
  play([](Scene& scene) -> Coro<> {
    co_await scene.get("/nothing");
    EXPECT_STORY(scene.story, scene.thrown, "NoFile", "404 is an answer, and no file",
                 LooksLike{"nothing", "every-answer-is-a-file"});
    EXPECT_STORY(scene.story, scene.shelf.requests, 1, "asking again changes nothing");
    EXPECT_STORY(scene.story, scene.into.bytes, "", "what 404 brings is no part of the file");
  });
}

}  // namespace
