// Lesson 12: streams and servers, over real sockets.

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>
#include <aio/event_loop.hpp>
#include <aio/server.hpp>
#include <aio/stream.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/syscall.hpp>
#include <aio/task.hpp>

#include "support/faults.hpp"
#include "support/weather.hpp"
#include "support/whose.hpp"

namespace {

using aio::Coro, aio::Server, aio::ServerOptions, aio::Stream, aio::StreamOptions, aio::UniqueFd;
using tests::Weather;

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
Coro<> iterations(int count = 5) {
  for (int i = 0; i < count; ++i) co_await aio::sleep(std::chrono::seconds(0));
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

/// The code of the std::system_error that `coro` throws; 0 when it throws none.
template <class T>
Coro<int> error_of(Coro<T> coro) {
  try {
    co_await std::move(coro);
  } catch (const std::system_error& error) {
    co_return error.code().value();
  }
  co_return 0;
}

std::string socket_path(const std::string& name) {
  return "/tmp/loopwright-" + std::to_string(::getpid()) + "-" + name;
}

Coro<> expect_echo(Stream client) {
  client.write("ping");
  const std::string back = co_await client.read_exactly(4);
  EXPECT_EQ(back, "ping");
}

// SRV-01 SRV-10
TEST(Server_Unix, ServesAndRemovesItsPath) {
  const std::string path = socket_path("serves");
  aio::run([](std::string at) -> Coro<> {
    Server server = co_await aio::start_unix_server(echo, at);
    Stream client = co_await aio::open_unix_connection(at);
    co_await expect_echo(std::move(client));
    server.close();
    co_await server.wait_closed();
  }(path));
  EXPECT_FALSE(std::filesystem::exists(path));
}

// SRV-10
TEST(Server_Unix, ReplacesAStaleSocketButNoOtherFile) {
  const std::string path = socket_path("stale");
  aio::run([](std::string at) -> Coro<> {
    aio::UniqueFd stale = aio::detail::bound_socket(aio::Address::unix_path(at));
    stale.reset();
    EXPECT_TRUE(std::filesystem::exists(at));
    Server server = co_await aio::start_unix_server(echo, at);
    server.close();
    std::ofstream(at) << "mine";
    const int error = co_await error_of(aio::start_unix_server(echo, at));
    EXPECT_EQ(error, EADDRINUSE);
    EXPECT_TRUE(std::filesystem::exists(at));
  }(path));
  std::filesystem::remove(path);
}

// SRV-10
TEST(Server_Unix, LeavesAFileThatTookItsPlace) {
  const std::string path = socket_path("replaced");
  aio::run([](std::string at) -> Coro<> {
    Server server = co_await aio::start_unix_server(echo, at);
    std::ofstream(at + "-new") << "mine";
    std::filesystem::rename(at + "-new", at);
    server.close();
    EXPECT_TRUE(std::filesystem::exists(at));
  }(path));
  std::filesystem::remove(path);
}

// SRV-01 SRV-08
TEST(Server_Tcp, ServesIpv6) {
  aio::run([]() -> Coro<> {
    std::optional<Server> server;
    try {
      server.emplace(co_await aio::start_server(echo, "::1", 0));
    } catch (const std::system_error&) {
      GTEST_LOG_(INFO) << "this machine has no IPv6";
      co_return;
    }
    EXPECT_NE(server->port(), 0);
    EXPECT_EQ(server->address().text(), "[::1]:" + std::to_string(server->port()));
    Stream client = co_await aio::open_connection("::1", server->port());
    co_await expect_echo(std::move(client));
  }());
}

// SRV-08 SRV-11 IO-10
TEST(Server_Tcp, FailuresNameTheAddressAndLeakNothing) {
  const std::size_t before = tests::open_descriptors();
  aio::run([]() -> Coro<> {
    Server server = co_await aio::start_server(echo, "127.0.0.1", 0);
    const std::uint16_t port = server.port();
    const int taken = co_await error_of(aio::start_server(echo, "127.0.0.1", port));
    EXPECT_EQ(taken, EADDRINUSE);
    server.close();
    std::string message;
    try {
      co_await aio::open_connection("127.0.0.1", port);
    } catch (const std::system_error& error) {
      EXPECT_EQ(error.code(), std::errc::connection_refused);
      message = error.what();
    }
    EXPECT_NE(message.find("127.0.0.1:" + std::to_string(port)), std::string::npos) << message;
  }());
  EXPECT_EQ(tests::open_descriptors(), before);
}

// SRV-11
TEST(Resolve, NamesTheHostItDoesNotFind) {
  aio::run([]() -> Coro<> {
    std::string message;
    try {
      co_await aio::resolve("no such host", 80);
    } catch (const std::system_error& error) {
      message = error.what();
    }
    EXPECT_NE(message.find("no such host"), std::string::npos) << message;
    EXPECT_FALSE((co_await aio::resolve("localhost", 80)).empty());
  }());
}

// SRV-11: the lookup goes on unheard, and the loop waits for its thread when it closes
TEST(Resolve, MayBeCancelled) {
  const std::size_t before = tests::open_descriptors();
  aio::run([]() -> Coro<> {
    auto looking = aio::create_task(aio::open_connection("localhost", 9));
    co_await iterations(1);
    looking.cancel();
    bool cancelled = false;
    try {
      co_await looking;
    } catch (const aio::CancelledError&) {
      cancelled = true;
    } catch (const std::system_error&) {
    }
    EXPECT_TRUE(cancelled);
  }());
  EXPECT_EQ(tests::open_descriptors(), before);
}

// SRV-02: a handler that fails is reported; its connection is closed, the others go on
TEST(Server_Handler, MayThrow) {
  aio::run([]() -> Coro<> {
    std::vector<std::string> reports;
    aio::running_loop().set_exception_handler([&reports](const aio::ExceptionContext& context) {
      reports.push_back(aio::message_of(context.exception));
    });
    Server server = co_await aio::start_server(
        [](Stream stream) -> Coro<> {
          const std::string line = co_await stream.read_line();
          if (line == "bad\n") throw std::runtime_error("a bad line");
          stream.write(line);
          co_await stream.drain();
        },
        "127.0.0.1", 0);
    Stream good = co_await aio::open_connection("127.0.0.1", server.port());
    Stream bad = co_await aio::open_connection("127.0.0.1", server.port());
    bad.write("bad\n");
    EXPECT_EQ(co_await bad.read(), "");
    EXPECT_EQ(reports, std::vector<std::string>{"a bad line"});
    good.write("good\n");
    EXPECT_EQ(co_await good.read_line(), "good\n");
  }());
}

// SRV-03
TEST(Server_Serving, BeginsWhenItIsToldTo) {
  aio::run([]() -> Coro<> {
    ServerOptions options;
    options.start_serving = false;
    Server server = co_await aio::start_server(echo, "127.0.0.1", 0, options);
    EXPECT_FALSE(server.is_serving());
    const int error = co_await error_of(aio::open_connection("127.0.0.1", server.port()));
    EXPECT_EQ(error, ECONNREFUSED);
    server.start_serving();
    server.start_serving();
    Stream client = co_await aio::open_connection("127.0.0.1", server.port());
    co_await expect_echo(std::move(client));
    server.close();
    EXPECT_THROW(server.start_serving(), aio::InvalidStateError);
  }());
}

// SRV-01: beyond the limit the kernel's queue keeps who comes
TEST(Server_Limit, AcceptsTheNextWhenOneLeaves) {
  aio::run([]() -> Coro<> {
    Server server = co_await aio::start_server(echo, "127.0.0.1", 0, ServerOptions(1));
    Stream first = co_await aio::open_connection("127.0.0.1", server.port());
    first.write("1");
    EXPECT_EQ(co_await first.read(), "1");
    Stream second = co_await aio::open_connection("127.0.0.1", server.port());
    second.write("2");
    co_await iterations(20);
    EXPECT_EQ(server.connections(), 1U);
    first.close();
    EXPECT_EQ(co_await second.read(), "2");
    EXPECT_EQ(server.connections(), 1U);
  }());
}

// SRV-04
TEST(Server_Serving, ForEverEndsWithItsTask) {
  aio::run([]() -> Coro<> {
    Server server = co_await aio::start_server(echo, "127.0.0.1", 0);
    auto serving = aio::create_task(server.serve_forever());
    Stream client = co_await aio::open_connection("127.0.0.1", server.port());
    client.write("x");
    EXPECT_EQ(co_await client.read(), "x");
    bool refused = false;
    try {
      co_await server.serve_forever();
    } catch (const aio::InvalidStateError&) {
      refused = true;
    }
    EXPECT_TRUE(refused);
    client.close();
    serving.cancel();
    bool cancelled = false;
    try {
      co_await serving;
    } catch (const aio::CancelledError&) {
      cancelled = true;
    }
    EXPECT_TRUE(cancelled);
    EXPECT_FALSE(server.is_serving());
    EXPECT_EQ(server.connections(), 0U);
  }());
}

// SRV-05 SRV-06: closed, but not all gone
TEST(Server_Close, WaitsForItsConnections) {
  aio::run([]() -> Coro<> {
    Server server = co_await aio::start_server(echo, "127.0.0.1", 0);
    Stream client = co_await aio::open_connection("127.0.0.1", server.port());
    client.write("x");
    EXPECT_EQ(co_await client.read(), "x");
    server.close();
    server.close();
    auto waiting = aio::create_task(server.wait_closed());
    client.write("y");
    EXPECT_EQ(co_await client.read(), "y");
    EXPECT_FALSE(waiting.done());
    client.close();
    co_await waiting;
    EXPECT_EQ(server.connections(), 0U);
  }());
}

// SRV-07 TRN-10 STRM-16
TEST(Server_Close, ClosesOrAbortsAllItsClients) {
  aio::run([]() -> Coro<> {
    Server server = co_await aio::start_server(echo, "127.0.0.1", 0);
    for (const bool abort : {false, true}) {
      Stream client = co_await aio::open_connection("127.0.0.1", server.port());
      client.write("x");
      EXPECT_EQ(co_await client.read(), "x");
      abort ? server.abort_clients() : server.close_clients();
      int error = 0;
      for (int again = 0; again < 2; ++again) {
        try {
          EXPECT_EQ(co_await client.read(), "");
        } catch (const std::system_error& thrown) {
          error = thrown.code().value();
        }
        EXPECT_EQ(error, abort ? ECONNRESET : 0);
      }
    }
  }());
}

// TRN-01 IO-09 STRM-06 STRM-09: every send takes one byte, every second call is interrupted
TEST(Faults_Cuts, EveryByteArrivesInOrder) {
  if (!Weather::works()) GTEST_SKIP() << "a sanitizer needs these calls for itself";
  Weather weather;
  weather.interrupt_each = 2;
  aio::run([]() -> Coro<> {
    Server server = co_await aio::start_server(echo, "127.0.0.1", 0);
    Stream client = co_await aio::open_connection("127.0.0.1", server.port());
    client.write("one\ntwo");
    client.write(" and\nrest");
    client.write_eof();
    EXPECT_EQ(co_await client.read_line(), "one\n");
    EXPECT_EQ(co_await client.read_exactly(4), "two ");
    EXPECT_EQ(co_await client.read_line(), "and\n");
    EXPECT_EQ(co_await client.read_line(), "rest");
    EXPECT_EQ(co_await client.read_line(), "");
  }());
}

// STRM-12 STRM-06: the message is cut at every byte, and the reader waits at the cut
TEST(Faults_Cuts, AReadGoesOnAtEveryCut) {
  const std::string message = "ab\r\r\n12345";
  for (std::size_t cut = 0; cut <= message.size(); ++cut) {
    aio::run([](std::string all, std::size_t at) -> Coro<> {
      Pair pair;
      auto line = aio::create_task(pair.near->read_until("\r\n"));
      pair.far->write(all.substr(0, at));
      co_await iterations();
      pair.far->write(all.substr(at));
      EXPECT_EQ(co_await line, "ab\r\r\n") << "cut at " << at;
      EXPECT_EQ(co_await pair.near->read_exactly(5), "12345") << "cut at " << at;
    }(message, cut));
  }
}

// STRM-10 STRM-11 STRM-13 STRM-15
TEST(Stream_Limit, CountsWhatComesBeforeTheSeparator) {
  aio::run([]() -> Coro<> {
    Pair pair{StreamOptions(4)};
    pair.far->write("1234\n12345\nabc;\nrest5");
    EXPECT_EQ(co_await pair.near->read_line(), "1234\n");
    std::size_t consumed = 0;
    try {
      co_await pair.near->read_until("\n");
    } catch (const aio::LimitOverrunError& error) {
      consumed = error.consumed;
    }
    EXPECT_EQ(consumed, 5U);
    bool too_long = false;
    try {
      co_await pair.near->read_line();
    } catch (const aio::LimitOverrunError&) {
      too_long = true;
    }
    EXPECT_TRUE(too_long);
    auto either = pair.near->read_until({";\n", ";"});
    EXPECT_EQ(co_await std::move(either), "abc;");
    EXPECT_EQ(co_await pair.near->read_exactly(6), "\nrest5");
    EXPECT_THROW((void)pair.near->read_until(""), std::invalid_argument);
  }());
}

// STRM-07 STRM-14 STRM-17
TEST(Stream_Read, TellsWhatWasMissingAtTheEnd) {
  aio::run([]() -> Coro<> {
    for (const bool exactly : {true, false}) {
      Pair pair;
      pair.far->write("half");
      pair.far->close();
      std::string partial;
      std::optional<std::size_t> expected;
      try {
        if (exactly) co_await pair.near->read_exactly(9);
        if (!exactly) co_await pair.near->read_until("\n");
      } catch (const aio::IncompleteReadError& error) {
        partial = error.partial;
        expected = error.expected;
      }
      EXPECT_EQ(partial, "half");
      EXPECT_EQ(expected, exactly ? std::optional<std::size_t>(9) : std::nullopt);
      EXPECT_TRUE(pair.near->at_eof());
    }
    Pair pair;
    auto first = aio::create_task(pair.near->read());
    co_await iterations();
    bool refused = false;
    try {
      co_await pair.near->read();
    } catch (const aio::InvalidStateError&) {
      refused = true;
    }
    EXPECT_TRUE(refused);
    pair.far->write("first");
    EXPECT_EQ(co_await first, "first");
  }());
}

// TRN-04: the peer reads nothing until it is told to
TEST(Stream_Marks, DrainWaitsForThePeer) {
  aio::run([]() -> Coro<> {
    Pair pair;
    EXPECT_THROW(pair.near->set_write_limits(1, 2), std::invalid_argument);
    pair.near->write(std::string(4'000'000, 'x'));
    EXPECT_GT(pair.near->unsent(), 64U * 1024);
    auto one = aio::create_task(pair.near->drain());
    auto two = aio::create_task(pair.near->drain());
    co_await iterations(20);
    EXPECT_FALSE(one.done() || two.done());
    auto reading = aio::create_task(pair.far->read_exactly(4'000'000));
    co_await one;
    co_await two;
    EXPECT_LE(pair.near->unsent(), 16U * 1024);
    EXPECT_EQ((co_await reading).size(), 4'000'000U);
  }());
}

// TRN-06: a peer that is gone is an error, never a signal (EPIPE)
TEST(Stream_Lost, EveryDrainSaysSo) {
  aio::run([]() -> Coro<> {
    Pair pair;
    pair.near->write(std::string(4'000'000, 'x'));
    auto waiting = aio::create_task(pair.near->drain());
    co_await iterations();
    pair.far->close();
    const int error = co_await error_of([](auto task) -> Coro<> { co_await task; }(waiting));
    EXPECT_TRUE(error == EPIPE || error == ECONNRESET) << error;
    pair.near->write("dropped");
    bool again = false;
    try {
      co_await pair.near->drain();
    } catch (const std::system_error&) {
      again = true;
    }
    EXPECT_TRUE(again);
  }());
}

// TRN-07 TRN-08 TRN-09 TRN-12: all that was written arrives, then the end
TEST(Stream_Close, SendsWhatIsLeftFirst) {
  aio::run([]() -> Coro<> {
    for (const bool half : {true, false}) {
      Pair pair;
      const std::string sent(2'000'000, 'x');
      pair.near->write(sent);
      half ? pair.near->write_eof() : pair.near->close();
      half ? pair.near->write_eof() : pair.near->close();
      EXPECT_EQ(pair.near->is_closing(), !half);
      if (half) {
        EXPECT_THROW(pair.near->write("more"), aio::InvalidStateError);
      }
      EXPECT_EQ((co_await pair.far->read_all()).size(), sent.size());
      pair.far->write("answer");
      if (half) {
        EXPECT_EQ(co_await pair.near->read(), "answer");
      }
      pair.near->close();
      co_await pair.near->wait_closed();
      EXPECT_EQ(pair.near->fd(), -1);
    }
  }());
}

// SRV-09: without descriptors it tries again in a second, and does not spin meanwhile
TEST(Faults_Descriptors, AServerRecoversWithoutSpinning) {
  if (!Weather::works()) GTEST_SKIP() << "a sanitizer needs these calls for itself";
  aio::run([]() -> Coro<> {
    int reports = 0;
    aio::running_loop().set_exception_handler([&](const aio::ExceptionContext&) { ++reports; });
    Server server = co_await aio::start_server(echo, "127.0.0.1", 0);
    const Weather weather;
    auto limit = std::make_unique<tests::DescriptorLimit>(1);  // the client's; none for the server
    Stream client = co_await aio::open_connection("127.0.0.1", server.port());
    client.write("x");
    while (reports == 0) co_await iterations(1);
    EXPECT_EQ(weather.accepts, 1);
    limit.reset();
    const tests::PollCount polls;
    EXPECT_EQ(co_await client.read(), "x");
    EXPECT_LE(polls.made(), 20);
    EXPECT_EQ(reports, 1);
  }());
}

// IO-08: an echo costs the server one recv and one send, and nobody registers again
TEST(Cost_Echo, TwoCallsOnEachSideAndNoEpollCtl) {
  if (!Weather::works()) GTEST_SKIP() << "a sanitizer needs these calls for itself";
  aio::run([]() -> Coro<> {
    Server server = co_await aio::start_server(echo, "127.0.0.1", 0);
    Stream client = co_await aio::open_connection("127.0.0.1", server.port());
    client.write("x");
    EXPECT_EQ(co_await client.read(), "x");
    const Weather weather;
    constexpr int echoes = 100;
    for (int i = 0; i < echoes; ++i) {
      client.write("x");
      EXPECT_EQ(co_await client.read(), "x");
    }
    EXPECT_LE(weather.receives + weather.sends,
              2 * 2 * echoes);  // the client is in this process, too
    EXPECT_EQ(weather.registrations, 0);
  }());
}

}  // namespace
