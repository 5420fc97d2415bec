// Lesson 12: streams and servers, over real sockets.

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <aio/event_loop.hpp>
#include <aio/server.hpp>
#include <aio/stream.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/syscall.hpp>
#include <aio/task.hpp>

#include "support/faults.hpp"
#include "support/whose.hpp"

namespace {

using aio::Coro, aio::Server, aio::Stream, aio::StreamOptions, aio::UniqueFd;

const auto compiled = tests::compiled_from(aio::layers::stream);

struct Pair {
  explicit Pair(const StreamOptions& options = StreamOptions()) {
    int fds[2];
    aio::check_syscall("socketpair",
                       ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds));
    near.emplace(Stream::adopt(UniqueFd(fds[0]), options));
    far.emplace(Stream::adopt(UniqueFd(fds[1])));
  }
  std::optional<Stream> near, far;
};

/// Enough iterations for what a Unix-domain socket has been given to arrive.
Coro<> iterations() {
  for (int i = 0; i < 5; ++i) co_await aio::sleep(std::chrono::seconds(0));
}

Coro<> echo(Stream stream) {
  while (true) {
    const std::string data = co_await stream.read();
    if (data.empty()) co_return;
    co_await stream.write_all(data);
  }
}

// STRM-01 STRM-02 STRM-04 STRM-05
TEST(Stream_Read, GivesWhatHasComeAndThenNothing) {
  aio::run([]() -> Coro<> {
    Pair pair;
    pair.far->write("hello");
    EXPECT_EQ(co_await pair.near->read(0), "");
    EXPECT_EQ(co_await pair.near->read(2), "he");
    pair.far->close();
    EXPECT_FALSE(pair.near->at_eof());
    EXPECT_EQ(co_await pair.near->read(), "llo");
    EXPECT_EQ(co_await pair.near->read(), "");
    EXPECT_EQ(co_await pair.near->read(), "");
    EXPECT_TRUE(pair.near->at_eof());
  }());
}

// STRM-12: a separator that comes in two pieces
TEST(Stream_Read, FindsASeparatorThatWasSplit) {
  aio::run([]() -> Coro<> {
    Pair pair;
    pair.far->write("one\r");
    auto reading = aio::create_task(pair.near->read_until("\r\n"));
    co_await iterations();
    pair.far->write("\ntwo");
    const std::string line = co_await reading;
    EXPECT_EQ(line, "one\r\n");
    EXPECT_EQ(co_await pair.near->read_exactly(3), "two");
  }());
}

// STRM-18: what comes after a cancelled read is there for the next one
TEST(Stream_Read, ACancelledReadLosesNothing) {
  aio::run([]() -> Coro<> {
    Pair pair;
    auto reading = aio::create_task(pair.near->read_exactly(10));
    pair.far->write("half");
    co_await iterations();
    reading.cancel();
    co_await iterations();
    EXPECT_TRUE(reading.cancelled());
    EXPECT_EQ(co_await pair.near->read(), "half");
  }());
}

// SRV-01 SRV-05 SRV-06 IO-09 TRN-07
TEST(Server_Echo, ReturnsEveryByteAndLeaksNoDescriptor) {
  const std::size_t before = tests::open_descriptors();
  aio::run([]() -> Coro<> {
    Server server = co_await aio::start_server(echo, "127.0.0.1", 0);
    Stream client = co_await aio::open_connection("127.0.0.1", server.port());
    const std::string sent(3'000'000, 'x');
    auto reading = aio::create_task(client.read_all());
    co_await client.write_all(sent);
    client.write_eof();
    const std::string back = co_await reading;
    EXPECT_EQ(back.size(), sent.size());
    server.close();
    client.close();
    co_await server.wait_closed();
  }());
  EXPECT_EQ(tests::open_descriptors(), before);
}

}  // namespace
