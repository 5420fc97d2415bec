// Lesson 12: streams and servers, over real sockets.

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <aio/event_loop.hpp>
#include <aio/server.hpp>
#include <aio/stream.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/syscall.hpp>
#include <aio/task.hpp>
#include <aio/wait_for.hpp>

#include "support/allocations.hpp"
#include "support/broken_pipes.hpp"
#include "support/error_of.hpp"
#include "support/faults.hpp"
#include "support/iterations.hpp"
#include "support/names.hpp"
#include "support/pattern.hpp"
#include "support/reports.hpp"
#include "support/run_virtual.hpp"
#include "support/seed.hpp"
#include "support/temporary.hpp"
#include "support/virtual_loop.hpp"
#include "support/weather.hpp"
#include "support/whose.hpp"

namespace {

using aio::Coro, aio::Server, aio::ServerOptions, aio::Stream, aio::StreamOptions, aio::UniqueFd;
using tests::error_of, tests::iterations, tests::pattern, tests::Reports, tests::Weather;

const auto compiled = tests::compiled_from(aio::layers::stream);

struct Pair {
  explicit Pair(const StreamOptions& options = StreamOptions()) {
    int fds[2];
    aio::check_syscall("socketpair",
                       ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds));
    UniqueFd one(fds[0]), other(fds[1]);
    near.emplace(Stream::adopt(std::move(one), options));
    far.emplace(Stream::adopt(std::move(other)));
  }
  std::optional<Stream> near, far;
};

Coro<> echo(Stream stream) {
  while (true) {
    const std::string data = co_await stream.read();
    if (data.empty()) co_return;
    co_await stream.write_all(data);
  }
}

/// The two ends of a TCP connection.
struct Ends {
  std::optional<Stream> near, far;
};

Coro<Ends> connect_both() {
  const auto ends = std::make_shared<Ends>();
  const auto keep = [who_waits = std::weak_ptr(ends)](Stream stream) -> Coro<> {
    if (const auto wanted = who_waits.lock()) wanted->far.emplace(std::move(stream));
    co_return;
  };
  Server server = co_await aio::start_server(keep, "127.0.0.1", 0);
  ends->near.emplace(co_await aio::open_connection("127.0.0.1", server.port()));
  while (!ends->far) co_await iterations(1);
  co_return std::move(*ends);
}

/// Writes until the kernel takes no more, then so much that `unsent` bytes wait.
void fill(Stream& stream, std::size_t unsent) {
  while (stream.unsent() == 0 && stream.fd() != -1) stream.write(std::string(1000, 'x'));
  stream.write(std::string(unsent - stream.unsent(), 'x'));
}

/// Whether awaiting it lets others run.
template <class Awaitable>
Coro<bool> suspends(Awaitable awaitable) {
  const auto others_ran = std::make_shared<bool>(false);
  auto other = aio::running_loop().call_soon([others_ran] { *others_ran = true; });
  co_await std::move(awaitable);
  other.cancel();
  co_return *others_ran;
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

// IO-11 STRM-17: who was cancelled makes way at once, and does not come back to take away the place
TEST(Stream_Read, MayBeginInTheInstantInWhichAnotherIsCancelled) {
  aio::run([]() -> Coro<> {
    Pair pair;
    auto first = aio::create_task(pair.near->read_exactly(4));
    co_await iterations();
    first.cancel();
    auto later = aio::create_task([](Stream far) -> Coro<> {
      co_await iterations(10);
      far.write("late");
    }(std::move(*pair.far)));
    EXPECT_EQ(co_await pair.near->read(), "late");
    EXPECT_TRUE(first.cancelled());
  }());
}

// IO-11 IO-12 STRM-18: the bytes have come, but who waited for them has not run yet
TEST(Stream_Read, CancelledAfterTheBytesCameLeavesThem) {
  aio::run([]() -> Coro<> {
    Pair pair;
    auto first = aio::create_task(pair.near->read());
    co_await iterations();
    pair.far->write("here");
    co_await iterations(1);  // first is queued behind this task
    EXPECT_FALSE(first.done());
    first.cancel();
    EXPECT_EQ(co_await pair.near->read(), "here");
    co_await iterations();
    EXPECT_TRUE(first.cancelled());
  }());
}

// STRM-03 STRM-06 STRM-21: a large read goes beyond the limit, and what it leaves is there
TEST(Stream_Read, LargeReadsAreNotLimited) {
  aio::run([]() -> Coro<> {
    Pair pair{StreamOptions(100)};
    const std::string sent = pattern(300'000);
    auto sending = aio::create_task([](Stream far, std::string all) -> Coro<> {
      co_await far.write_all(all);
    }(std::move(*pair.far), sent));
    EXPECT_EQ(co_await pair.near->read(1), sent.substr(0, 1));  // others are in the buffer
    EXPECT_EQ(co_await pair.near->read_exactly(50'000), sent.substr(1, 50'000));
    EXPECT_EQ(co_await pair.near->read_all(), sent.substr(50'001));
    EXPECT_EQ(co_await pair.near->read_all(), "");
  }());
}

std::size_t in_the_kernel(const Stream& stream) {
  int count = 0;
  aio::check_syscall("ioctl", ::ioctl(stream.fd(), FIONREAD, &count));
  return static_cast<std::size_t>(count);
}

// STRM-20: what nobody reads stays in the kernel, but for twice the limit
TEST(Stream_Read, PausesAtTwiceTheLimit) {
  aio::run([]() -> Coro<> {
    Pair pair{StreamOptions(1000)};
    const std::string sent = "a line\n" + std::string(50'000, 'x') + "\n";
    pair.far->write(sent);
    EXPECT_EQ(co_await pair.near->read_line(), "a line\n");
    co_await iterations();
    EXPECT_EQ(in_the_kernel(*pair.near), sent.size() - 2000);
    EXPECT_EQ((co_await pair.near->read(992)).size(), 992U);  // 1001 are left: one too many
    EXPECT_EQ(co_await pair.near->read(1), "x");
    EXPECT_EQ(in_the_kernel(*pair.near), sent.size() - 2000);
    bool too_long = false;
    try {
      co_await pair.near->read_until("\n");
    } catch (const aio::LimitOverrunError&) {
      too_long = true;
    }
    EXPECT_TRUE(too_long);
    EXPECT_EQ(in_the_kernel(*pair.near), sent.size() - 3000);
  }());
}

// STRM-02 STRM-08
/// Sends one byte past all others.
void send_urgently(const Stream& stream) {
  aio::check_syscall("send", static_cast<int>(::send(stream.fd(), "!", 1, MSG_OOB)));
}

// A read stops short of an urgent byte, and what comes after it may be there already
TEST(Stream_Read, GoesOnBehindAnUrgentByte) {
  aio::run([]() -> Coro<> {
    Ends ends = co_await connect_both();
    auto waiting = aio::create_task(ends.near->read_exactly(6));
    co_await iterations();
    for (int round = 0; round < 3; ++round) {
      ends.far->write("abc");
      send_urgently(*ends.far);
      ends.far->write("def");
      EXPECT_EQ(co_await waiting, "abcdef") << "round " << round;
      waiting = aio::create_task(ends.near->read_exactly(6));
      if (round == 1) co_await iterations();  // twice they come first, and nobody waits
    }
    waiting.cancel();
  }());
}

// An urgent byte alone is no news for who reads
TEST(Stream_Read, WaitsOnAfterAnUrgentByte) {
  aio::run([]() -> Coro<> {
    Ends ends = co_await connect_both();
    auto waiting = aio::create_task(ends.near->read());
    co_await iterations();
    send_urgently(*ends.far);
    co_await iterations(50);
    EXPECT_FALSE(waiting.done());
    ends.far->write("after");
    EXPECT_EQ(co_await waiting, "after");
    ends.far->close();
    EXPECT_EQ(co_await ends.near->read(), "");
  }());
}

/// Takes a turn whenever it can get one.
Coro<> count_turns(std::shared_ptr<int> turns) {
  while (true) {
    co_await aio::sleep(std::chrono::seconds(0));
    ++*turns;
  }
}

/// How many turns another task has while this one runs to its end.
Coro<int> turns_beside(Coro<> work) {
  const auto turns = std::make_shared<int>(0);
  auto counting = aio::create_task(count_turns(turns));
  co_await iterations();
  const int before = *turns;
  co_await std::move(work);
  counting.cancel();
  co_return *turns - before;
}

constexpr std::size_t flood = 8 * 1024 * 1024;
constexpr int shares = 32;  // of 256 KB in the flood

Coro<> read_the_flood(Stream& stream, std::size_t at_a_time) {
  for (std::size_t got = 0; got < flood; got += at_a_time) co_await stream.read_exactly(at_a_time);
}

// A socket that always has more does not keep the loop, and costs no more calls
TEST(Stream_Turns, AFastSenderDoesNotStopTheOthers) {
  for (const std::size_t at_a_time : {256U, 64U * 1024, 1024U * 1024}) {
    aio::run([](std::size_t size) -> Coro<> {
      Pair pair;
      Weather weather;
      weather.flood = flood;
      const int turns = co_await turns_beside(read_the_flood(*pair.near, size));
      EXPECT_GE(turns, size > 256 * 1024 ? flood / size - 1 : shares - 1) << size << " at a time";
      EXPECT_LE(turns, 2 * shares + 2) << size << " at a time";
      EXPECT_EQ(weather.receives, flood / (64 * 1024));
    }(at_a_time));
  }
}

Coro<> write_a_flood(Stream& stream, std::size_t at_a_time) {
  const std::string bytes(at_a_time, 'x');
  for (std::size_t sent = 0; sent < flood; sent += at_a_time) co_await stream.write_all(bytes);
}

Coro<> drain_a_flood(Stream& stream) {
  for (std::size_t sent = 0; sent < flood; sent += 4096) {
    stream.write(std::string(4096, 'x'));
    EXPECT_FALSE(co_await suspends(stream.drain()));
  }
}

// And neither does a peer that takes whatever is sent
TEST(Stream_Turns, AFastReaderDoesNotStopTheOthers) {
  for (const std::size_t at_a_time : {4096U, 64U * 1024}) {
    aio::run([](std::size_t size) -> Coro<> {
      Pair pair;
      Weather weather;
      weather.drain = true;
      const int turns = co_await turns_beside(write_a_flood(*pair.near, size));
      EXPECT_GE(turns, shares - 1) << size << " at a time";
      EXPECT_LE(turns, shares + 2) << size << " at a time";
      EXPECT_EQ(weather.sends, flood / size);
    }(at_a_time));
  }
}

// TRN-03: however much has gone out at once
TEST(Stream_Turns, DrainGoesOnAsLongAsThereIsRoom) {
  aio::run([]() -> Coro<> {
    Pair pair;
    Weather weather;
    weather.drain = true;
    co_await drain_a_flood(*pair.near);
  }());
}

// A read that makes way can be cancelled like any other, and loses nothing
TEST(Stream_Turns, WhoMakesWayMayBeCancelled) {
  aio::run([]() -> Coro<> {
    Pair pair;
    Weather weather;
    weather.flood = flood;
    constexpr std::size_t share = 256 * 1024;
    co_await iterations();
    co_await pair.near->read_exactly(share);
    auto reading = aio::create_task(pair.near->read_exactly(share));
    co_await iterations(1);
    reading.cancel();
    co_await iterations();
    EXPECT_TRUE(reading.cancelled());
    EXPECT_EQ((co_await pair.near->read_exactly(flood - share)).size(), flood - share);
  }());
}

// STRM-02 STRM-08
TEST(Stream_Read, NothingIsReadAtOnceAndLessIsRefused) {
  aio::run([]() -> Coro<> {
    Pair pair;
    EXPECT_FALSE(co_await suspends(pair.near->read_exactly(0)));
    EXPECT_FALSE(co_await suspends(pair.near->read(0)));
    const int negative = -1;
    EXPECT_THROW((void)pair.near->read_exactly(static_cast<std::size_t>(negative)),
                 std::invalid_argument);
    pair.far->write("x");
    EXPECT_EQ(co_await pair.near->read_exactly(0), "");
    EXPECT_EQ(co_await pair.near->read(), "x");
  }());
}

// STRM-19
TEST(Stream_Read, GivesLineAfterLineUntilTheEnd) {
  aio::run([]() -> Coro<> {
    Pair pair;
    pair.far->write("one\n\nthree");
    pair.far->close();
    std::vector<std::string> lines;
    while (const auto line = co_await pair.near->next_line()) lines.push_back(*line);
    EXPECT_EQ(lines, (std::vector<std::string>{"one\n", "\n", "three"}));
  }());
}

// STRM-16: the connection breaks under a read that waits
TEST(Stream_Read, ABrokenConnectionIsAnErrorForEver) {
  aio::run([]() -> Coro<> {
    Ends ends = co_await connect_both();
    ends.far->write("abc");
    EXPECT_EQ(co_await ends.near->read(1), "a");
    auto waiting = aio::create_task(error_of(ends.near->read_exactly(10)));
    co_await iterations();
    ends.far->abort();
    EXPECT_EQ(co_await waiting, ECONNRESET);
    EXPECT_EQ(co_await error_of(ends.near->read_line()), ECONNRESET);
    EXPECT_EQ(co_await ends.near->read(), "bc");  // what had come is not lost
    EXPECT_EQ(co_await error_of(ends.near->read(1)), ECONNRESET);
    EXPECT_EQ(co_await error_of(ends.near->read_line()), ECONNRESET);
    EXPECT_EQ(co_await error_of(ends.near->drain()), ECONNRESET);
  }());
}

// IO-07
TEST(Stream_Descriptor, BelongsToTheStream) {
  aio::run([]() -> Coro<> {
    Pair pair;
    aio::EventLoop& loop = aio::running_loop();
    const int fd = pair.near->fd();
    EXPECT_THROW(loop.add_reader(fd, [] {}), std::logic_error);
    EXPECT_THROW(loop.add_writer(fd, [] {}), std::logic_error);
    EXPECT_THROW(loop.remove_reader(fd), std::logic_error);
    EXPECT_THROW(loop.remove_writer(fd), std::logic_error);
    pair.far->write("x");
    EXPECT_EQ(co_await pair.near->read(), "x");
    const aio::UniqueFd own(::dup(fd));
    loop.add_reader(own.get(), [] {});  // another number is the caller's own
    EXPECT_TRUE(loop.remove_reader(own.get()));
  }());
}

// IO-13
TEST(Stream_Descriptor, NeverBlocks) {
  aio::run([]() -> Coro<> {
    int fds[2];
    aio::check_syscall("socketpair", ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds));
    const UniqueFd other(fds[1]);
    EXPECT_THROW((void)Stream::adopt(UniqueFd(fds[0])), std::invalid_argument);
    Ends ends = co_await connect_both();
    EXPECT_NE(::fcntl(ends.near->fd(), F_GETFL) & O_NONBLOCK, 0);
    EXPECT_NE(::fcntl(ends.far->fd(), F_GETFL) & O_NONBLOCK, 0);
  }());
}

// A stream that outlives its loop has nobody to wake its readers, and says so.
TEST(Stream_Descriptor, OutlivesItsLoop) {
  std::optional<Pair> pair;
  aio::run([&pair]() -> Coro<> {
    pair.emplace();
    fill(*pair->near, 100'000);
    co_return;
  }());
  bool refused = false;
  aio::run([](Stream& far, bool& threw) -> Coro<> {
    try {
      while (!(co_await far.read()).empty()) {
      }
    } catch (const std::logic_error&) {
      threw = true;
    }
  }(*pair->far, refused));
  EXPECT_TRUE(refused);
  pair->near->close();
  EXPECT_EQ(pair->near->fd(), -1);
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

std::string socket_path(const std::string& name) { return tests::temporary(name); }

Coro<> expect_echo_on(Stream& client, std::string_view said) {
  client.write(said);
  EXPECT_EQ(co_await client.read_exactly(said.size()), said);
}

Coro<> expect_echo(Stream client) { co_await expect_echo_on(client, "ping"); }

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
  ::unlink(path.c_str());  // an earlier run may have failed
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

// SRV-08 IO-10
TEST(Server_Tcp, FailuresNameTheAddressAndLeakNothing) {
  const std::size_t before = tests::open_descriptors();
  aio::run([]() -> Coro<> {
    Server server = co_await aio::start_server(echo, "127.0.0.1", 0);
    const std::uint16_t port = server.port();
    const std::string where = "127.0.0.1:" + std::to_string(port);
    std::string message;
    try {
      co_await aio::start_server(echo, "127.0.0.1", port);
    } catch (const std::system_error& error) {
      EXPECT_EQ(error.code(), std::errc::address_in_use);
      message = error.what();
    }
    EXPECT_NE(message.find(where), std::string::npos) << message;
    server.close();
    try {
      co_await aio::open_connection("127.0.0.1", port);
    } catch (const std::system_error& error) {
      EXPECT_EQ(error.code(), std::errc::connection_refused);
      message = error.what();
    }
    EXPECT_NE(message.find("connect to " + where), std::string::npos) << message;
  }());
  EXPECT_EQ(tests::open_descriptors(), before);
}

TEST(Resolve, NamesTheHostItDoesNotFind) {
  aio::run([]() -> Coro<> {
    std::string message;
    try {
      co_await aio::resolve("no such host", 80);
    } catch (const std::system_error& error) {
      EXPECT_EQ(&error.code().category(), &aio::resolver_category());
      message = error.what();
    }
    EXPECT_NE(message.find("no such host"), std::string::npos) << message;
    EXPECT_FALSE((co_await aio::resolve("localhost", 80)).empty());
  }());
}

using Lookups = std::vector<aio::Task<std::vector<aio::Address>>>;

/// Starts so many lookups of names that take their time, and waits until as many as can be are
/// under way.
Coro<Lookups> start_lookups(const tests::Names& names, int count) {
  Lookups all;
  for (int i = 0; i < count; ++i) all.push_back(aio::create_task(aio::resolve("slow.test", 80)));
  const int under_way = std::min(count, aio::detail::LookupThreads::most);
  while (names.under_way() < under_way) co_await iterations(1);
  co_return all;
}

TEST(Resolve, HasNoMoreThreadsThanItsLimit) {
  tests::Names names;
  names.add("slow.test", {"127.0.0.1", "::1"});
  names.hold();
  aio::run([](tests::Names& book) -> Coro<> {
    Lookups all = co_await start_lookups(book, 100);
    co_await iterations(100);  // the loop goes on meanwhile
    EXPECT_EQ(book.begun(), 16);
    book.let_go();
    for (auto& lookup : all) {
      const auto& found = co_await lookup;
      EXPECT_EQ(found.size(), 2U);
      EXPECT_EQ(found.back().text(), "[::1]:80");
    }
    EXPECT_EQ(book.begun(), 100);
    EXPECT_EQ(book.most_at_once(), 16);
  }(names));
}

TEST(Resolve, ACancelledLookupIsForgottenAtOnce) {
  tests::Names names;
  names.add("slow.test", {"127.0.0.1"});
  names.hold();
  aio::run([](tests::Names& book) -> Coro<> {
    const std::size_t before = tests::open_descriptors();
    Lookups all = co_await start_lookups(book, 20);
    for (auto& lookup : all) lookup.cancel();
    co_await iterations();
    for (auto& lookup : all) EXPECT_TRUE(lookup.cancelled());
    EXPECT_EQ(tests::open_descriptors(), before);
    book.let_go();
    EXPECT_EQ((co_await aio::resolve("slow.test", 80)).size(), 1U);
    EXPECT_EQ(book.begun(), 17);  // the four that had to wait have never begun
  }(names));
}

TEST(Resolve, ALoopClosesInTheMiddleOfALookup) {
  const std::size_t before = tests::open_descriptors();
  tests::Names names;
  names.add("slow.test", {"127.0.0.1"});
  names.hold();
  aio::run([](tests::Names& book) -> Coro<> { co_await start_lookups(book, 20); }(names));
  EXPECT_EQ(names.under_way(), 16);
  EXPECT_EQ(tests::open_descriptors(), before);
}

// A thread hands its result back at the very moment at which the loop goes, or a little later
TEST(Resolve, ALoopClosesWhileTheResultsCome) {
  tests::Names names;
  names.add("quick.test", {"127.0.0.1"});
  const auto look_up_and_leave = [](int turns) -> Coro<> {
    Lookups all;
    for (int i = 0; i < 4; ++i) all.push_back(aio::create_task(aio::resolve("quick.test", 80)));
    co_await iterations(turns);
  };
  for (int i = 0; i < 200; ++i) aio::run(look_up_and_leave(i % 10));
  EXPECT_EQ(aio::run(aio::resolve("quick.test", 80)).size(), 1U);
}

/// Waits until the server has accepted, or for so long that it never will.
Coro<> accepted(const Server& server) {
  for (int i = 0; server.connections() == 0 && i < 1'000; ++i) co_await iterations(1);
}

// SRV-11: the first that answers wins
TEST(Connect, TriesTheAddressesInTurn) {
  tests::Names names;
  names.add("three.test", {"127.0.0.2", "127.0.0.3", "127.0.0.4"});
  aio::run([]() -> Coro<> {
    const std::size_t before = tests::open_descriptors();
    {
      Server server = co_await aio::start_server(echo, "127.0.0.3", 0);
      Stream client = co_await aio::open_connection("three.test", server.port());
      co_await accepted(server);
      // On a machine that stands still for a moment a third attempt has begun, too.
      for (int i = 0; tests::open_descriptors() != before + 3 && i < 1'000; ++i) {
        co_await iterations(1);
      }
      EXPECT_EQ(tests::open_descriptors(), before + 3);  // none is left of the first attempt
      co_await expect_echo(std::move(client));
      server.close();
      co_await server.wait_closed();
    }
    EXPECT_EQ(tests::open_descriptors(), before);
  }());
}

// SRV-11 IO-10: all have failed
TEST(Connect, TellsAllThatFailed) {
  tests::Names names;
  names.add("two.test", {"127.0.0.2", "127.0.0.3"});
  aio::run([]() -> Coro<> {
    Server server = co_await aio::start_server(echo, "127.0.0.1", 0);  // a port that others lack
    std::string message;
    try {
      co_await aio::open_connection("two.test", server.port());
    } catch (const std::system_error& error) {
      EXPECT_EQ(error.code(), std::errc::connection_refused);
      message = error.what();
    }
    for (const char* part : {"two.test", "127.0.0.2:", "127.0.0.3:"}) {
      EXPECT_NE(message.find(part), std::string::npos) << message;
    }
  }());
}

/// A server that accepts nobody, and whose queue is full: who connects now waits.
struct FullQueue {
  explicit FullQueue(const char* host = "127.0.0.1")
      : listener(aio::detail::bound_socket(*aio::Address::numeric(host, 0))),
        address(aio::Address::of_socket(listener.get())) {
    aio::check_syscall("listen", ::listen(listener.get(), 0));
  }
  UniqueFd listener;
  aio::Address address;
  std::vector<aio::Task<Stream>> clients;

  /// The client that has to wait.
  Coro<aio::Task<Stream>> waiting() {
    for (int i = 0; i < 20; ++i) {
      clients.push_back(aio::create_task(aio::connect_to(address)));
      co_await iterations(20);
      if (!clients.back().done()) break;
    }
    co_return clients.back();
  }
};

// An address that does not answer costs a quarter of a second, not the kernel's two minutes.
TEST(Connect, DoesNotWaitForAnAddressThatIsDead) {
  tests::Names names;
  names.add("dead.test", {"127.0.0.2", "127.0.0.3"});
  aio::VirtualClock clock;
  const auto main = [&clock]() -> Coro<> {
    FullQueue dead("127.0.0.2");
    const auto waits = co_await dead.waiting();
    Server server = co_await aio::start_server(echo, "127.0.0.3", dead.address.port());
    const auto began = clock.now();
    const std::size_t before = tests::open_descriptors();
    Stream client = co_await aio::open_connection("dead.test", server.port());
    EXPECT_EQ(clock.now() - began, std::chrono::milliseconds(250));
    co_await accepted(server);
    EXPECT_EQ(tests::open_descriptors(), before + 2) << "the dead attempt has left a socket";
    co_await expect_echo(std::move(client));
    server.close();
    co_await server.wait_closed();
  };
  tests::run_virtual(main(), clock);
}

TEST(Connect, TriesTheFamiliesInTurn) {
  tests::Names names;
  names.add("both.test", {"127.0.0.2", "127.0.0.3", "::1"});
  const auto main = []() -> Coro<> {
    Server server = co_await aio::start_server(echo, "127.0.0.1", 0);  // a port that others lack
    std::string message;
    try {
      co_await aio::open_connection("both.test", server.port());
    } catch (const std::system_error& error) {
      message = error.what();
    }
    EXPECT_NE(message.find("::1"), std::string::npos) << message;
    EXPECT_LT(message.find("127.0.0.2"), message.find("::1")) << message;
    EXPECT_LT(message.find("::1"), message.find("127.0.0.3")) << message;
  };
  aio::run(main());
}

// SRV-11: an attempt that is given up leaves no socket
TEST(Connect, GivenUpClosesItsSocket) {
  aio::run([]() -> Coro<> {
    FullQueue server;
    auto attempt = co_await server.waiting();
    EXPECT_FALSE(attempt.done());
    const std::size_t before = tests::open_descriptors();
    attempt.cancel();
    co_await iterations();
    EXPECT_TRUE(attempt.cancelled());
    EXPECT_EQ(tests::open_descriptors(), before - 1);
    bool late = false;
    try {
      co_await aio::wait_for(aio::connect_to(server.address), std::chrono::milliseconds(20));
    } catch (const aio::TimeoutError&) {
      late = true;
    }
    EXPECT_TRUE(late);
    EXPECT_EQ(tests::open_descriptors(), before - 1);
  }());
}

// A Unix-domain socket says that its queue is full, and not when there is room again.
TEST(Connect, WaitsForRoomInAUnixSocketsQueue) {
  const std::string path = socket_path("queue");
  aio::run([](std::string at) -> Coro<> {
    UniqueFd listener = aio::detail::bound_socket(aio::Address::unix_path(at));
    aio::check_syscall("listen", ::listen(listener.get(), 0));
    Stream first = co_await aio::open_unix_connection(at);
    auto second = aio::create_task(aio::open_unix_connection(at));
    co_await aio::sleep(std::chrono::milliseconds(5));
    EXPECT_FALSE(second.done());
    const UniqueFd accepted(::accept(listener.get(), nullptr, nullptr));
    co_await second;
    EXPECT_TRUE(second.done());
  }(path));
  std::filesystem::remove(path);
}

// SRV-02: a handler that fails is reported; its connection is closed, the others go on
TEST(Server_Handler, MayThrow) {
  aio::run([]() -> Coro<> {
    const Reports reports;
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
    EXPECT_EQ(reports.messages, std::vector<std::string>{"a bad line"});
    good.write("good\n");
    EXPECT_EQ(co_await good.read_line(), "good\n");
  }());
}

// SRV-02: nobody reports a handler that was cancelled
TEST(Server_Handler, MayBeCancelled) {
  aio::run([]() -> Coro<> {
    const Reports reports;
    const std::size_t others = aio::all_tasks().size();
    Server server = co_await aio::start_server(
        [](Stream stream) -> Coro<> {
          stream.write("x");
          co_await stream.read();
        },
        "127.0.0.1", 0);
    Stream client = co_await aio::open_connection("127.0.0.1", server.port());
    EXPECT_EQ(co_await client.read(), "x");
    EXPECT_EQ(aio::all_tasks().size(), others + 1);
    aio::all_tasks().back().cancel();
    EXPECT_EQ(co_await client.read(), "");
    EXPECT_EQ(server.connections(), 0U);
    EXPECT_EQ(reports.count, 0);
  }());
}

TEST(Server_Handler, MustBeOne) {
  aio::run([]() -> Coro<> {
    bool refused = false;
    try {
      co_await aio::start_server(aio::StreamHandler(), "127.0.0.1", 0);
    } catch (const std::invalid_argument&) {
      refused = true;
    }
    EXPECT_TRUE(refused);
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
    EXPECT_THROW(co_await server.serve_forever(), aio::InvalidStateError);
    client.close();
    serving.cancel();
    EXPECT_THROW(co_await serving, aio::CancelledError);
    EXPECT_FALSE(server.is_serving());
    EXPECT_EQ(server.connections(), 0U);
  }());
}

// SRV-04
TEST(Server_Serving, ForEverEndsWhenTheServerIsClosed) {
  aio::run([]() -> Coro<> {
    ServerOptions options;
    options.start_serving = false;
    Server server = co_await aio::start_server(echo, "127.0.0.1", 0, options);
    auto serving = aio::create_task(server.serve_forever());
    co_await iterations();
    EXPECT_TRUE(server.is_serving());
    server.close();
    co_await iterations();
    EXPECT_TRUE(serving.cancelled());
    EXPECT_THROW(co_await server.serve_forever(), aio::InvalidStateError);
  }());
}

// SRV-09: as many as the backlog in one turn, then the others' turn
TEST(Server_Accept, LetsOthersRunAfterABacklog) {
  const std::string path = socket_path("backlog");
  aio::run([](std::string at) -> Coro<> {
    ServerOptions options;
    options.backlog = 4;
    Server server = co_await aio::start_unix_server(echo, at, options);
    std::vector<Stream> clients;
    for (int i = 0; i < 5; ++i) clients.push_back(co_await aio::open_unix_connection(at));
    Weather weather;
    co_await iterations(1);  // the kernel reports the five to the server
    co_await iterations(1);
    EXPECT_EQ(weather.accepts, 4);
    co_await iterations(1);
    EXPECT_EQ(weather.accepts, 6);  // the fifth, and that there is none left
    EXPECT_EQ(server.connections(), 5U);
  }(path));
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

// SRV-07
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

/// Says "ab\r\r\n12345" to the other end, in two pieces, and nothing of it gets lost.
Coro<> expect_message(Pair& pair, std::size_t cut) {
  const std::string message = "ab\r\r\n12345";
  auto line = aio::create_task(pair.near->read_until("\r\n"));
  pair.far->write(message.substr(0, cut));
  co_await iterations();
  pair.far->write(message.substr(cut));
  EXPECT_EQ(co_await line, "ab\r\r\n");
  EXPECT_EQ(co_await pair.near->read_exactly(5), "12345");
}
constexpr std::size_t message_size = 10;

// STRM-12: the message is cut at every byte, and the reader waits at the cut
TEST(Faults_Cuts, AReadGoesOnAtEveryCut) {
  for (std::size_t cut = 0; cut <= message_size; ++cut) {
    SCOPED_TRACE(cut);
    aio::run([](std::size_t at) -> Coro<> {
      Pair pair;
      co_await expect_message(pair, at);
    }(cut));
  }
}

// TRN-01 IO-08 IO-09: writer and reader are held up at every byte of the message, in all pairs
TEST(Faults_Cuts, BothSidesGoOnAtEveryCut) {
  for (std::size_t sent = 0; sent <= message_size; ++sent) {
    for (std::size_t received = 0; received <= message_size; ++received) {
      SCOPED_TRACE(std::to_string(sent) + " sent, " + std::to_string(received) + " received");
      aio::run([](std::size_t send_cut, std::size_t receive_cut) -> Coro<> {
        Pair pair;
        Weather weather;
        weather.send_cuts = {send_cut, 0};
        weather.receive_cuts = {0, receive_cut, 0};
        co_await expect_message(pair, message_size);
      }(sent, received));
    }
  }
}

// TRN-01: a byte at a time, and after each the kernel takes or has no more for a moment
TEST(Faults_Cuts, EveryByteMayComeAlone) {
  aio::run([]() -> Coro<> {
    Pair pair;
    Weather weather;
    for (std::size_t i = 0; i < message_size; ++i) {
      for (auto* cuts : {&weather.send_cuts, &weather.receive_cuts}) {
        cuts->push_back(1);
        cuts->push_back(0);
      }
    }
    co_await expect_message(pair, message_size);
  }());
}

/// Lines, counted bytes and all the rest, there and back.
Coro<> converse(Stream stream) {
  const auto client = std::make_shared<Stream>(std::move(stream));
  const std::string sent = pattern(5'000) + "\n" + pattern(3'000) + "--" + pattern(7'000);
  auto sending = aio::create_task([](std::shared_ptr<Stream> near, std::string all) -> Coro<> {
    for (std::size_t at = 0; at < all.size(); at += 999) {
      near->write(all.substr(at, 999));
      co_await near->drain();
    }
    near->write_eof();
  }(client, sent));
  EXPECT_EQ(co_await client->read_line(), pattern(5'000) + "\n");
  EXPECT_EQ(co_await client->read_exactly(10), pattern(10));
  EXPECT_EQ(co_await client->read_until("--"), pattern(2'990, 10) + "--");
  EXPECT_EQ(co_await client->read_all(), pattern(7'000));
  co_await sending;
  client->close();
  co_await client->wait_closed();
}

Coro<> converse_with_a_server(int clients) {
  Server server = co_await aio::start_server(echo, "127.0.0.1", 0);
  std::vector<aio::Task<>> all;
  for (int i = 0; i < clients; ++i) {
    all.push_back(
        aio::create_task(converse(co_await aio::open_connection("127.0.0.1", server.port()))));
  }
  for (const auto& each : all) co_await each;
  server.close();
  co_await server.wait_closed();
}

// IO-08 IO-09 TRN-01
TEST(Faults_Cuts, AConversationComesThroughAnyWeather) {
  for (std::uint32_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const std::size_t before = tests::open_descriptors();
    {
      Weather weather(seed);
      aio::run(converse_with_a_server(1));
    }
    EXPECT_EQ(tests::open_descriptors(), before);
    if (HasFailure()) return;
  }
}

TEST(Faults_Signals, InterruptNobody) {
  const tests::SignalStorm storm;
  while (storm.signals() < 20) aio::run(converse_with_a_server(2));
}

// In whatever order the tasks run.
TEST(Seeded_Streams, ConversationsDoNotMix) {
  aio::EventLoop::Options options;
  options.shuffle_seed = tests::seed();
  aio::run(converse_with_a_server(5), options);
}

// Cancelled at any instant, a read takes everything or nothing.
TEST(Seeded_Streams, CancelledReadsLoseNothing) {
  aio::EventLoop::Options options;
  options.shuffle_seed = tests::seed();
  aio::run(
      []() -> Coro<> {
        Pair pair;
        std::string got;
        for (int round = 0; round < 50; ++round) {
          auto reading = aio::create_task(pair.near->read(3));
          co_await iterations(round % 4);
          pair.far->write(pattern(5, static_cast<std::size_t>(round) * 5));
          co_await iterations(round % 3);
          reading.cancel();
          try {
            got += co_await reading;
          } catch (const aio::CancelledError&) {
          }
        }
        pair.far->close();
        got += co_await pair.near->read_all();
        EXPECT_EQ(got, pattern(250));
      }(),
      options);
}

/// How many bytes LimitOverrunError says it has seen; 0 when the read succeeds.
Coro<std::size_t> overrun_of(aio::Read read) {
  try {
    co_await std::move(read);
  } catch (const aio::LimitOverrunError& error) {
    co_return error.consumed;
  }
  co_return 0;
}

// STRM-11 STRM-13
TEST(Stream_Limit, CountsWhatComesBeforeTheSeparator) {
  aio::run([]() -> Coro<> {
    Pair pair{StreamOptions(4)};
    pair.far->write("1234\n12345\n");
    EXPECT_EQ(co_await pair.near->read_line(), "1234\n");
    EXPECT_EQ(co_await overrun_of(pair.near->read_until("\n")), 5U);  // found, and too late
    EXPECT_EQ(co_await pair.near->read_exactly(6), "12345\n");
    pair.far->write("123456");
    EXPECT_EQ(co_await overrun_of(pair.near->read_until("\n")), 6U);  // not found
    EXPECT_EQ(co_await pair.near->read_exactly(6), "123456");
  }());
}

// STRM-10: the line is thrown away, or all there is of it
TEST(Stream_Limit, ALineThatIsTooLongIsDropped) {
  aio::run([]() -> Coro<> {
    Pair pair{StreamOptions(4)};
    pair.far->write("12345\nab\n");
    EXPECT_EQ(co_await overrun_of(pair.near->read_line()), 5U);
    EXPECT_EQ(co_await pair.near->read_line(), "ab\n");
    pair.far->write("123456");
    EXPECT_EQ(co_await overrun_of(pair.near->read_line()), 6U);
    pair.far->write("cd\n");
    EXPECT_EQ(co_await pair.near->read_line(), "cd\n");
  }());
}

// STRM-15
TEST(Stream_Separators, TheOneThatEndsFirstWins) {
  aio::run([]() -> Coro<> {
    Pair pair;
    pair.far->write("abc;\nrest");
    auto either = pair.near->read_until({";\n", ";"});
    EXPECT_EQ(co_await std::move(either), "abc;");
    EXPECT_EQ(co_await pair.near->read_exactly(5), "\nrest");
    EXPECT_THROW((void)pair.near->read_until(""), std::invalid_argument);
    EXPECT_THROW((void)pair.near->read_until({"a", ""}), std::invalid_argument);
    EXPECT_THROW((void)pair.near->read_until(std::initializer_list<std::string_view>()),
                 std::invalid_argument);
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
    auto second = aio::create_task(pair.near->read());
    co_await iterations();
    EXPECT_TRUE(second.done());
    pair.far->write("first");
    EXPECT_EQ(co_await first, "first");
    EXPECT_THROW(second.result(), aio::InvalidStateError);
  }());
}

// TRN-02
TEST(Stream_Write, NothingIsNoCall) {
  aio::run([]() -> Coro<> {
    Pair pair;
    const Weather weather;
    pair.near->write("");
    EXPECT_FALSE(co_await suspends(pair.near->write_all("")));
    EXPECT_EQ(weather.sends, 0);
  }());
}

// TRN-11
TEST(Stream_Write, WarnsOfTheFifthThatIsDropped) {
  aio::run([]() -> Coro<> {
    const Reports reports;
    Pair pair;
    pair.near->close();
    for (int i = 1; i <= 4; ++i) pair.near->write("x");
    EXPECT_EQ(reports.count, 0);
    pair.near->write("x");
    pair.near->write("x");
    EXPECT_EQ(reports.count, 2);
    co_return;
  }());
}

// TRN-03
TEST(Stream_Marks, DrainDoesNotWaitBelowTheHighOne) {
  aio::run([]() -> Coro<> {
    Pair pair;
    fill(*pair.near, 64 * 1024);
    EXPECT_FALSE(co_await suspends(pair.near->drain()));
    pair.near->write("x");
    auto draining = aio::create_task(pair.near->drain());
    co_await iterations();
    EXPECT_FALSE(draining.done());
    draining.cancel();
    co_await iterations();
  }());
}

// TRN-05
TEST(Stream_Marks, OneGivesTheOther) {
  aio::run([]() -> Coro<> {
    Pair pair;
    const StreamOptions& marks = pair.near->state().options;
    EXPECT_EQ(marks.high, 64U * 1024);
    EXPECT_EQ(marks.low, 16U * 1024);
    pair.near->set_write_limits(400);
    EXPECT_EQ(marks.low, 100U);
    pair.near->set_write_limits({}, 50);
    EXPECT_EQ(marks.high, 200U);
    EXPECT_THROW(pair.near->set_write_limits(1, 2), std::invalid_argument);
    StreamOptions wrong;
    wrong.low = wrong.high + 1;
    EXPECT_THROW(Pair refused(wrong), std::invalid_argument);
    fill(*pair.near, 10'000);
    auto draining = aio::create_task(pair.near->drain());
    co_await iterations();
    EXPECT_FALSE(draining.done());
    pair.near->set_write_limits(20'000, 10'000);
    co_await iterations();
    EXPECT_TRUE(draining.done());
  }());
}

// A peer that never reads costs its own handler's patience, and no more memory than the mark.
TEST(Stream_Marks, APeerThatNeverReadsStopsOnlyItsOwnWriter) {
  std::size_t unsent = 0;  // of the writer; it may have a last turn when all others are gone
  aio::run([](std::size_t& most) -> Coro<> {
    const Reports reports;
    Server server = co_await aio::start_server(
        [&most](Stream stream) -> Coro<> {
          const bool talks = co_await stream.read_line() == "talk\n";
          if (!talks) co_await echo(std::move(stream));
          while (talks) {
            stream.write(std::string(10'000, 'x'));
            most = std::max(most, stream.unsent());
            co_await stream.drain();
          }
        },
        "127.0.0.1", 0);
    Stream deaf = co_await aio::open_connection("127.0.0.1", server.port());
    deaf.write("talk\n");
    while (most <= 64 * 1024) co_await iterations(1);
    Stream other = co_await aio::open_connection("127.0.0.1", server.port());
    other.write("echo\nping");
    EXPECT_EQ(co_await other.read_exactly(4), "ping");
    EXPECT_LE(most, 64U * 1024 + 10'000);
    EXPECT_EQ(server.connections(), 2U);
    server.abort_clients();  // drain() tells the writer
    server.close();
    co_await server.wait_closed();
    co_await iterations();
    EXPECT_EQ(reports.count, 1);
  }(unsent));
}

// TRN-04: the peer reads nothing until it is told to
TEST(Stream_Marks, DrainWaitsForThePeer) {
  aio::run([]() -> Coro<> {
    Pair pair;
    pair.near->write(std::string(4'000'000, 'x'));
    EXPECT_GT(pair.near->unsent(), 64U * 1024);
    auto one = aio::create_task(pair.near->drain());
    auto two = aio::create_task(pair.near->drain());
    co_await iterations(20);
    EXPECT_FALSE(one.done() || two.done());
    auto reading = aio::create_task([](Stream far) -> Coro<std::string> {
      co_return co_await far.read_exactly(4'000'000);
    }(std::move(*pair.far)));
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

// TRN-06: the other side has gone with a reset; no write raises SIGPIPE
TEST(Stream_Lost, NoSignalIsRaised) {
  const tests::BrokenPipes broken_pipes;
  aio::run([]() -> Coro<> {
    Ends ends = co_await connect_both();
    ends.far->abort();
    int errors = 0;
    for (int i = 0; i < 3; ++i) {
      ends.near->write("x");
      const int error = co_await error_of(ends.near->drain());
      errors += error == EPIPE || error == ECONNRESET;
    }
    EXPECT_EQ(errors, 3);
  }());
  EXPECT_EQ(broken_pipes.count(), 0);
}

// TRN-09
TEST(Stream_Lost, WaitClosedSaysSo) {
  aio::run([]() -> Coro<> {
    Ends ends = co_await connect_both();
    auto reading = aio::create_task(error_of(ends.near->read()));
    auto closing = aio::create_task(error_of(ends.near->wait_closed()));
    co_await iterations();
    ends.far->abort();
    EXPECT_EQ(co_await reading, ECONNRESET);
    EXPECT_EQ(co_await closing, ECONNRESET);
    EXPECT_EQ(co_await error_of(ends.near->wait_closed()), ECONNRESET);
    EXPECT_TRUE(ends.near->at_eof());
    EXPECT_EQ(ends.near->fd(), -1);
    co_await ends.far->wait_closed();  // it had no error: it ended on purpose
  }());
}

// TRN-10
TEST(Stream_Close, AbortDropsWhatIsLeft) {
  aio::run([]() -> Coro<> {
    Ends ends = co_await connect_both();
    fill(*ends.near, 500'000);
    ends.near->abort();
    EXPECT_EQ(ends.near->fd(), -1);
    EXPECT_EQ(ends.near->unsent(), 0U);
    EXPECT_TRUE(ends.near->is_closing());
    EXPECT_EQ(co_await error_of(ends.far->read_all()), ECONNRESET);
  }());
}

// TRN-12: bytes, and the end right behind them
TEST(Stream_Close, TheLastBytesComeBeforeTheEnd) {
  aio::run([]() -> Coro<> {
    for (const std::size_t size : {1U, 100U, 65'536U, 100'000U, 3'000'000U}) {
      for (const bool waiting : {true, false}) {
        Ends ends = co_await connect_both();
        std::optional<aio::Task<std::string>> reading;
        if (waiting) {
          reading.emplace(aio::create_task([](Stream& near) -> Coro<std::string> {
            co_return co_await near.read_all();
          }(*ends.near)));
        }
        co_await iterations();
        ends.far->write(pattern(size));
        ends.far->close();
        co_await iterations();
        std::string got;
        if (waiting) got = co_await *reading;
        if (!waiting) got = co_await ends.near->read_all();
        EXPECT_EQ(got, pattern(size)) << size;
      }
    }
  }());
}

// TRN-13
TEST(Stream_Close, HappensToWhatIsLetGo) {
  aio::run([]() -> Coro<> {
    Pair pair;
    const std::size_t before = tests::open_descriptors();
    pair.near.reset();
    EXPECT_EQ(tests::open_descriptors(), before - 1);
    EXPECT_EQ(co_await pair.far->read(), "");
  }());
}

// TRN-07 TRN-08: all that was written arrives, then the end
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
      EXPECT_TRUE(pair.near->at_eof());
      EXPECT_EQ(co_await pair.near->read(), "");
    }
  }());
}

// SRV-09: without descriptors it tries once a second, and recovers
TEST(Faults_Descriptors, AServerRecoversWithoutSpinning) {
  aio::VirtualClock clock;
  aio::run(
      [](aio::VirtualClock& time) -> Coro<> {
        const Reports reports;
        Server server = co_await aio::start_server(echo, "127.0.0.1", 0);
        const Weather weather;
        auto limit =
            std::make_unique<tests::DescriptorLimit>(1);  // the client's; none for the server
        Stream client = co_await aio::open_connection("127.0.0.1", server.port());
        client.write("x");
        while (reports.count == 0) co_await iterations(1);
        const auto since = time.now();
        const tests::PollCount polls;
        co_await aio::sleep(std::chrono::milliseconds(9'500));
        EXPECT_EQ(weather.accepts, 10);
        EXPECT_EQ(reports.count, 10);
        EXPECT_LE(polls.made(), 30);
        limit.reset();
        EXPECT_EQ(co_await client.read(), "x");
        EXPECT_EQ(time.now() - since, std::chrono::seconds(10));
        EXPECT_EQ(reports.count, 10);
      }(clock),
      tests::options(clock));
}

/// What some echoes cost, client and server together.
struct Cost {
  int receives, sends, registrations, polls;
};

/// So many clients ask at the same time, again and again, over Unix-domain sockets: those deliver
/// before send() returns, so that the counts are exact.
Coro<Cost> cost_of(int clients, int rounds, int pipelined) {
  Server server = co_await aio::start_unix_server(echo, socket_path("cost"));
  std::vector<Stream> streams;
  for (int i = 0; i < clients; ++i) {
    streams.push_back(co_await aio::open_unix_connection(socket_path("cost")));
    co_await expect_echo_on(streams.back(), "warm");
  }
  const Weather weather;
  const tests::PollCount polls;
  for (int round = 0; round < rounds; ++round) {
    const std::string question(static_cast<std::size_t>(64 * pipelined), 'x');
    for (Stream& stream : streams) stream.write(question);
    for (Stream& stream : streams) {
      EXPECT_EQ((co_await stream.read_exactly(question.size())).size(), question.size());
    }
  }
  co_return Cost{weather.receives, weather.sends, weather.registrations, polls.made()};
}

// IO-08: one recv and one send on each side, nobody registers again, and polls are shared
TEST(Cost_Echo, TwoCallsOnEachSideAndItsShareOfAPoll) {
  constexpr int rounds = 100;
  for (const int clients : {1, 50}) {
    for (const int pipelined : {1, 16}) {
      const Cost cost = aio::run(cost_of(clients, rounds, pipelined));
      EXPECT_EQ(cost.receives, 2 * clients * rounds);
      EXPECT_EQ(cost.sends, 2 * clients * rounds);
      EXPECT_EQ(cost.registrations, 0);
      EXPECT_LE(cost.polls, 2 * rounds);  // one for all questions, one for all answers
    }
  }
}

// What read() returns is the one allocation, and short results need none.
TEST(Cost_Echo, AllocatesNothingButTheBytes) {
  if (!tests::AllocationCount::works()) GTEST_SKIP() << "a sanitizer allocates for itself";
  aio::run([]() -> Coro<> {
    Pair pair;
    for (const std::size_t size : {8U, 64U}) {
      const std::string bytes(size, 'x');
      for (const bool warm : {false, true}) {
        const tests::AllocationCount count;
        for (int i = 0; i < 100; ++i) {
          co_await pair.far->write_all(bytes);
          co_await pair.near->read();
        }
        const std::size_t expected = size == 8 ? 0 : 100;
        EXPECT_TRUE(!warm || count.made() == expected) << count.made();
      }
    }
  }());
}

}  // namespace
