// Lesson 12: what peers, kernels and programs do to streams and servers, and nobody expects.

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <aio/address.hpp>
#include <aio/connect.hpp>
#include <aio/resolve.hpp>
#include <aio/server.hpp>
#include <aio/stream.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/syscall.hpp>
#include <aio/task.hpp>
#include <aio/wait_for.hpp>

#include "support/error_of.hpp"
#include "support/faults.hpp"
#include "support/iterations.hpp"
#include "support/names.hpp"
#include "support/passed_descriptor.hpp"
#include "support/pattern.hpp"
#include "support/run_virtual.hpp"
#include "support/temporary.hpp"
#include "support/virtual_loop.hpp"
#include "support/weather.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::Address, aio::Coro, aio::Server, aio::ServerOptions, aio::Stream, aio::StreamOptions;
using aio::UniqueFd;
using tests::error_of, tests::iterations, tests::pattern, tests::Weather;

const auto compiled = tests::compiled_from(aio::layers::stream_state);

const std::string much(8'000'000, 'x');  // more than two sockets of one machine keep

/// A stream on this side of a TCP connection, a bare socket on the other.
struct Tcp {
  explicit Tcp(Stream end) : stream(std::move(end)) {}
  Stream stream;
  UniqueFd peer;

  void send(std::string_view text) const {
    ASSERT_EQ(::send(peer.get(), text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
  }
  void reset() {
    const linger now{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(peer.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
    peer.reset();
  }
};

Coro<Tcp> connect_tcp(StreamOptions options = StreamOptions(), std::string host = "127.0.0.1") {
  const UniqueFd listener = aio::detail::bound_socket(*Address::numeric(host, 0));
  aio::check_syscall("listen", ::listen(listener.get(), 5));
  Tcp both(co_await aio::connect_to(Address::of_socket(listener.get()), options));
  both.peer = UniqueFd(aio::check_syscall("accept", ::accept(listener.get(), nullptr, nullptr)));
  co_return both;
}

std::pair<UniqueFd, UniqueFd> pair_of(int type) {
  int fds[2];
  aio::check_syscall("socketpair", ::socketpair(AF_UNIX, type | SOCK_NONBLOCK, 0, fds));
  return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}

Coro<std::string> everything(Stream stream) { co_return co_await stream.read_all(); }

Coro<> echo(Stream stream) {
  while (true) {
    const std::string data = co_await stream.read();
    if (data.empty()) co_return;
    co_await stream.write_all(data);
  }
}

Coro<> expect_echo(Stream client) {
  client.write("ping");
  EXPECT_EQ(co_await client.read_exactly(4), "ping");
}

/// What an awaitable throws, as a std::invalid_argument; empty if it does not.
template <class Awaitable>
Coro<std::string> refusal_of(Awaitable awaitable) {
  try {
    co_await std::move(awaitable);
  } catch (const std::invalid_argument& error) {
    co_return error.what();
  }
  co_return "";
}

// ── neighbors ──

/// Sends a text, a byte a second.
Coro<> drip(Stream stream, std::string text) {
  for (const char& byte : text) {
    co_await aio::sleep(1s);
    co_await stream.write_all(std::string_view(&byte, 1));
  }
}

TEST(Neighbor_Slow, AByteASecondIsALineInTheEnd) {
  aio::VirtualClock clock;
  const auto main = [&clock]() -> Coro<> {
    auto [near, far] = pair_of(SOCK_STREAM);
    Stream stream = Stream::adopt(std::move(near));
    const auto dripping = aio::create_task(drip(Stream::adopt(std::move(far)), "slow\nlane\nend"));
    EXPECT_THROW(co_await aio::wait_for(stream.read_line(), 3500ms), aio::TimeoutError);
    EXPECT_EQ(co_await stream.read_line(), "slow\n") << "what had come before the time-out is lost";
    EXPECT_EQ(clock.now().time_since_epoch(), 5s);
    EXPECT_EQ(co_await stream.read_exactly(5), "lane\n");
    EXPECT_EQ(clock.now().time_since_epoch(), 10s);
    EXPECT_EQ(co_await stream.read_all(), "end");
    EXPECT_EQ(clock.now().time_since_epoch(), 13s);
    co_await dripping;
  };
  tests::run_virtual(main(), clock);
}

TEST(Neighbor_Slow, HoldsUpNobodyElse) {
  aio::VirtualClock clock;
  const auto main = [&clock]() -> Coro<> {
    Server server = co_await aio::start_server(echo, "127.0.0.1", 0);
    Stream slow = co_await aio::open_connection("127.0.0.1", server.port());
    const auto dripping = aio::create_task(drip(std::move(slow), std::string(60, '.')));
    for (int second = 0; second < 60; ++second) {
      EXPECT_EQ(clock.now().time_since_epoch(), std::chrono::seconds(second));
      co_await expect_echo(co_await aio::open_connection("127.0.0.1", server.port()));
      EXPECT_EQ(clock.now().time_since_epoch(), std::chrono::seconds(second));
      co_await aio::sleep(1s);
    }
    co_await dripping;
  };
  tests::run_virtual(main(), clock);
}

TEST(Neighbor_Ipv6, HalfClosesAndResets) {
  if (aio::UniqueFd(::socket(AF_INET6, SOCK_STREAM, 0)).get() == -1) {
    GTEST_SKIP() << "this machine has no IPv6";
  }
  aio::run([]() -> Coro<> {
    Tcp tcp = co_await connect_tcp({}, "::1");
    tcp.send("last words");
    ::shutdown(tcp.peer.get(), SHUT_WR);
    EXPECT_EQ(co_await tcp.stream.read_all(), "last words");
    co_await tcp.stream.write_all("heard");
    std::string heard(5, ' ');
    EXPECT_EQ(::recv(tcp.peer.get(), heard.data(), heard.size(), MSG_WAITALL), 5);
    EXPECT_EQ(heard, "heard");
    tcp.reset();
    EXPECT_EQ(co_await error_of(tcp.stream.wait_closed()), EPIPE);  // its end had come before
  }());
}

// ── a connection that fails ──

// An upload that is refused: the other side answers, and closes with bytes unread, which resets.
TEST(Stream_Failed, TheAnswerThatHadComeIsRead) {
  aio::run([]() -> Coro<> {
    Tcp tcp = co_await connect_tcp();
    auto reading = aio::create_task(tcp.stream.read());
    tcp.stream.write(much);
    EXPECT_GT(tcp.stream.unsent(), 0U);
    auto draining = aio::create_task(error_of(tcp.stream.drain()));
    co_await iterations();
    tcp.send("413 too large\nbye");
    tcp.peer.reset();
    EXPECT_EQ(co_await reading, "413 too large\nbye");
    EXPECT_NE(co_await draining, 0) << "the output is lost, and its wait says nothing";
    EXPECT_NE(co_await error_of(tcp.stream.read()), 0);
  }());
}

TEST(Stream_Failed, WhatHadComeIsReadThoughNobodyRead) {
  aio::run([]() -> Coro<> {
    Tcp tcp = co_await connect_tcp();
    tcp.stream.write(much);
    tcp.send("413 too large\nbye");
    tcp.peer.reset();
    EXPECT_NE(co_await error_of(tcp.stream.wait_closed()), 0);
    EXPECT_EQ(tcp.stream.fd(), -1);
    EXPECT_EQ(co_await tcp.stream.read_line(), "413 too large\n");
    EXPECT_NE(co_await error_of(tcp.stream.read_line()), 0) << "half a line is taken for a line";
    EXPECT_EQ(co_await tcp.stream.read(2), "by");
    EXPECT_FALSE(tcp.stream.at_eof());
    EXPECT_EQ(co_await tcp.stream.read(), "e");
    EXPECT_NE(co_await error_of(tcp.stream.read()), 0);
  }());
}

TEST(Stream_Failed, AFailedWriteLeavesWhatHadCome) {
  aio::run([]() -> Coro<> {
    auto [near, far] = pair_of(SOCK_STREAM);
    Stream stream = Stream::adopt(std::move(near));
    const std::string answer = pattern(150'000);  // more than one recv() takes
    EXPECT_EQ(::send(far.get(), answer.data(), answer.size(), 0), 150'000);
    far.reset();
    stream.write("into the void");
    EXPECT_EQ(co_await error_of(stream.drain()), EPIPE);
    EXPECT_EQ(co_await stream.read_exactly(answer.size()), answer);
    EXPECT_EQ(co_await error_of(stream.read()), EPIPE);
  }());
}

TEST(Stream_Failed, WaitClosedHearsOfAResetThoughNobodyReads) {
  aio::run([]() -> Coro<> {
    Tcp tcp = co_await connect_tcp();
    auto waiting = aio::create_task(error_of(tcp.stream.wait_closed()));
    co_await iterations();
    EXPECT_FALSE(waiting.done());
    tcp.reset();
    EXPECT_EQ(co_await waiting, ECONNRESET);
  }());
}

/// An HTTP server listens so, to cancel the handler of a client that has gone.
TEST(Stream_Failed, WhoListensForTheEndHearsOfAFailedWrite) {
  struct Listener final : aio::detail::EndListener {
    void ended() override { ++heard; }
    int heard = 0;
  };
  aio::run([]() -> Coro<> {
    auto [near, far] = pair_of(SOCK_STREAM);
    Stream stream = Stream::adopt(std::move(near));
    Listener listener;
    stream.state().end_listener = &listener;
    far.reset();
    stream.write("into the void");  // before the loop is told; afterwards it will not be
    EXPECT_EQ(co_await error_of(stream.wait_closed()), EPIPE);
    EXPECT_EQ(listener.heard, 1);
    stream.state().end_listener = nullptr;
  }());
}

TEST(Stream_Failed, AServerCountsWhoWasReset) {
  aio::run([]() -> Coro<> {
    const auto asleep = [](Stream) -> Coro<> { co_await aio::sleep(1h); };
    Server server = co_await aio::start_server(asleep, "127.0.0.1", 0);
    Stream client = co_await aio::open_connection("127.0.0.1", server.port());
    while (server.connections() == 0) co_await iterations(1);
    client.abort();
    server.close();
    co_await server.wait_closed();
    EXPECT_EQ(server.connections(), 0U);
  }());
}

// A server that is too busy says so, and resets, before the client has gone on.
TEST(Stream_Failed, WhatCameBeforeTheClientWentOnIsRead) {
  aio::run([]() -> Coro<> {
    const UniqueFd listener = aio::detail::bound_socket(*Address::numeric("127.0.0.1", 0));
    aio::check_syscall("listen", ::listen(listener.get(), 5));
    std::optional<Stream> stream;
    const auto connect = [](Address address, std::optional<Stream>& made) -> Coro<> {
      made.emplace(co_await aio::connect_to(address));
    };
    auto connecting = aio::create_task(connect(Address::of_socket(listener.get()), stream));
    co_await iterations(1);
    UniqueFd peer(aio::check_syscall("accept", ::accept(listener.get(), nullptr, nullptr)));
    EXPECT_EQ(::send(peer.get(), "421 too busy", 12, 0), 12);
    const linger now{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(peer.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
    peer.reset();
    co_await connecting;
    EXPECT_EQ(co_await stream->read(), "421 too busy");
    EXPECT_EQ(co_await error_of(stream->read()), ECONNRESET);
  }());
}

// A clean end of the other side is no failure: whoever has the stream may go on writing.
TEST(Stream_Failed, AHalfCloseIsNoFailure) {
  aio::run([]() -> Coro<> {
    Tcp tcp = co_await connect_tcp();
    ::shutdown(tcp.peer.get(), SHUT_WR);
    EXPECT_EQ(co_await tcp.stream.read(), "");
    co_await tcp.stream.write_all("still here");
    char room[20];
    EXPECT_EQ(::recv(tcp.peer.get(), room, sizeof room, 0), 10);
    EXPECT_NE(tcp.stream.fd(), -1);
  }());
}

// ── what is written after close() ──

// TRN-08
TEST(Stream_WriteAfterClose, IsSentBehindWhatWaits) {
  aio::run([]() -> Coro<> {
    auto [near, far] = pair_of(SOCK_STREAM);
    Stream stream = Stream::adopt(std::move(near));
    stream.write(much);
    stream.close();
    auto reading = aio::create_task(everything(Stream::adopt(std::move(far))));
    co_await stream.write_all("and more");
    const std::string got = co_await reading;
    EXPECT_EQ(got.size(), much.size() + 8);
    EXPECT_TRUE(got.ends_with("xand more"));
  }());
}

TEST(Stream_WriteAfterClose, IsToldWhenItIsDropped) {
  aio::run([]() -> Coro<> {
    auto [near, far] = pair_of(SOCK_STREAM);
    Stream stream = Stream::adopt(std::move(near));
    stream.close();
    EXPECT_EQ(co_await error_of(stream.write_all("lost")), ECONNRESET);
    stream.write("lost");
    EXPECT_EQ(co_await error_of(stream.drain()), ECONNRESET);
  }());
}

// ── where a short read is not the last ──

// The kernel stops behind the byte, though more is there.
TEST(Stream_ShortRead, IsNotTheLastWhereDescriptorsArePassed) {
  const std::size_t before = tests::open_descriptors();
  tests::run_virtual([]() -> Coro<> {
    auto [near, far] = pair_of(SOCK_STREAM);
    Stream stream = Stream::adopt(std::move(near));
    auto reading = aio::create_task(stream.read_exactly(6));
    co_await iterations();
    tests::send_with_descriptor(far.get(), 'a', far.get());
    EXPECT_EQ(::send(far.get(), "bcd", 3, 0), 3);
    tests::send_with_descriptor(far.get(), 'e', far.get());
    EXPECT_EQ(::send(far.get(), "f", 1, 0), 1);
    EXPECT_EQ(co_await reading, "abcdef");
  }());
  EXPECT_EQ(tests::open_descriptors(), before) << "the descriptors that nobody asked for";
}

TEST(Stream_ShortRead, IsNotTheLastBetweenWritersThatAreShown) {
  tests::run_virtual([]() -> Coro<> {
    auto [near, far] = pair_of(SOCK_STREAM);
    const int on = 1;
    ::setsockopt(near.get(), SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
    Stream stream = Stream::adopt(std::move(near));
    auto reading = aio::create_task(stream.read_exactly(2));
    co_await iterations();
    EXPECT_EQ(::send(far.get(), "a", 1, 0), 1);
    EXPECT_EQ(::send(far.get(), "b", 1, 0), 1);
    EXPECT_EQ(co_await reading, "ab");
  }());
}

TEST(Stream_Descriptor, IsASocketOfAStreamOfBytes) {
  aio::run([]() -> Coro<> {
    for (const int type : {SOCK_DGRAM, SOCK_SEQPACKET}) {
      EXPECT_THROW((void)Stream::adopt(pair_of(type).first), std::invalid_argument) << type;
    }
    int pipe[2];
    aio::check_syscall("pipe2", ::pipe2(pipe, O_NONBLOCK | O_CLOEXEC));
    const UniqueFd other(pipe[1]);
    EXPECT_THROW((void)Stream::adopt(UniqueFd(pipe[0])), std::invalid_argument);
    EXPECT_THROW((void)Stream::adopt(UniqueFd()), std::system_error);
    co_return;
  }());
}

// Whoever watched it before is not called any more, neither for the stream nor for what has its
// number later.
TEST(Stream_Descriptor, IsTakenOverFromWhoWatchedIt) {
  int of_the_first = 0, of_the_other = 0;
  aio::run([](int& calls, int& others) -> Coro<> {
    aio::EventLoop& loop = aio::running_loop();
    auto [near, far] = pair_of(SOCK_STREAM);
    const int number = near.get();
    loop.add_reader(number, [&calls] { ++calls; });
    {
      Stream stream = Stream::adopt(std::move(near));
      EXPECT_EQ(::send(far.get(), "x", 1, 0), 1);
      EXPECT_EQ(co_await stream.read(), "x");
    }
    const UniqueFd other(::fcntl(far.get(), F_DUPFD_CLOEXEC, number));
    EXPECT_EQ(other.get(), number) << "the test needs the number again";
    loop.add_writer(number, [&others] { ++others; });
    co_await iterations();
    loop.remove_writer(number);
  }(of_the_first, of_the_other));
  EXPECT_GT(of_the_other, 0);
  EXPECT_EQ(of_the_first, 0);
}

// ── a read of some bytes ──

// STRM-01
TEST(Stream_Some, TakesWhatHasComeBehindTheBuffer) {
  aio::run([]() -> Coro<> {
    Tcp tcp = co_await connect_tcp(StreamOptions(4));
    tcp.send("123456789");
    EXPECT_EQ(co_await tcp.stream.read(5),
              "12345");  // eight are in the buffer, as many as it takes
    EXPECT_EQ(co_await tcp.stream.read(4), "6789");
  }());
}

TEST(Stream_Some, AsksTheKernelOnlyForWhatTheBufferLacks) {
  aio::run([]() -> Coro<> {
    Tcp tcp = co_await connect_tcp();
    tcp.send("123456789");
    EXPECT_EQ(co_await tcp.stream.read(3), "123");
    const Weather weather;
    EXPECT_EQ(co_await tcp.stream.read(3), "456");
    EXPECT_EQ(co_await tcp.stream.read(30), "789");
    EXPECT_EQ(weather.receives, 0) << "the short read has told that there is no more";
  }());
}

TEST(Stream_Some, AFullBufferIsNotTheEnd) {
  aio::run([]() -> Coro<> {
    Tcp tcp = co_await connect_tcp(StreamOptions(4));
    tcp.send("12345678abcdefgh\n");
    EXPECT_EQ(co_await tcp.stream.read(1), "1");
    try {
      co_await tcp.stream.read_until(";");
    } catch (const aio::LimitOverrunError&) {
    }
    const std::string some = co_await tcp.stream.read(100);
    EXPECT_GE(some.size(), 8U);
    const std::string rest = co_await tcp.stream.read();
    EXPECT_EQ(some + rest, "2345678abcdefgh\n");
  }());
}

// ── handles that lead nowhere ──

TEST(Stream_Empty, SaysSo) {
  aio::run([]() -> Coro<> {
    auto [near, far] = pair_of(SOCK_STREAM);
    Stream stream = Stream::adopt(std::move(near));
    const Stream other = std::move(stream);
    EXPECT_THROW((void)stream.read(), aio::InvalidStateError);
    EXPECT_THROW(stream.write("x"), aio::InvalidStateError);
    EXPECT_THROW(stream.close(), aio::InvalidStateError);
    EXPECT_THROW((void)stream.fd(), aio::InvalidStateError);
    co_return;
  }());
}

TEST(Stream_Empty, AWaitIsAwaitedOnce) {
  aio::run([]() -> Coro<> {
    auto [near, far] = pair_of(SOCK_STREAM);
    Stream stream = Stream::adopt(std::move(near));
    aio::Read nothing = stream.read(0);
    co_await std::move(nothing);
    EXPECT_THROW(co_await std::move(nothing), aio::InvalidStateError);
    aio::StreamWait drained = stream.drain();
    co_await std::move(drained);
    EXPECT_THROW(co_await std::move(drained), aio::InvalidStateError);
  }());
}

TEST(Server_Empty, SaysSo) {
  aio::run([]() -> Coro<> {
    Server server = co_await aio::start_server(echo, "127.0.0.1", 0);
    Server other = std::move(server);
    EXPECT_THROW(server.close(), aio::InvalidStateError);
    EXPECT_THROW((void)server.port(), aio::InvalidStateError);
    EXPECT_THROW((void)server.connections(), aio::InvalidStateError);
    EXPECT_THROW(server.start_serving(), aio::InvalidStateError);
    EXPECT_THROW(server.close_clients(), aio::InvalidStateError);
    EXPECT_THROW((void)server.serve_forever(), aio::InvalidStateError);
    EXPECT_THROW((void)server.wait_closed(), aio::InvalidStateError);
    EXPECT_TRUE(other.is_serving());
    server = std::move(other);
    EXPECT_TRUE(server.is_serving());
  }());
}

// ── another thread ──

/// Does something in a thread of its own, and tells what is thrown.
template <class Act>
std::string refused_elsewhere(Act act) {
  std::string message;
  std::thread([&] {
    try {
      act();
    } catch (const aio::InvalidStateError& error) {
      message = error.what();
    }
  }).join();
  return message;
}

TEST(Stream_Threads, AnotherOneIsRefusedByName) {
  aio::run([]() -> Coro<> {
    auto [near, far] = pair_of(SOCK_STREAM);
    Stream stream = Stream::adopt(std::move(near));
    Server server = co_await aio::start_server(echo, "127.0.0.1", 0);
    const auto expect = [](const char* call, const std::string& refusal) {
      EXPECT_NE(refusal.find(call), std::string::npos) << call << ": " << refusal;
    };
    expect("write", refused_elsewhere([&] { stream.write("x"); }));
    expect("read", refused_elsewhere([&] { (void)stream.read(); }));
    expect("drain", refused_elsewhere([&] { (void)stream.drain(); }));
    expect("write_eof", refused_elsewhere([&] { stream.write_eof(); }));
    expect("close", refused_elsewhere([&] { stream.close(); }));
    expect("abort", refused_elsewhere([&] { stream.abort(); }));
    expect("close", refused_elsewhere([&] { server.close(); }));
    expect("close_clients", refused_elsewhere([&] { server.close_clients(); }));
    expect("serve_forever", refused_elsewhere([&] { (void)server.serve_forever(); }));
    EXPECT_NE(stream.fd(), -1);
    EXPECT_EQ(stream.unsent(), 0U);
    char byte = 0;
    EXPECT_EQ(::recv(far.get(), &byte, 1, MSG_DONTWAIT), -1) << "something was sent";
    EXPECT_TRUE(server.is_serving());
  }());
}

// ── addresses ──

TEST(Address_Unix, AnAbstractNameIsAsLongAsItIs) {
  const std::string name("\0a\0b", 4);
  const Address address = Address::unix_path(name);
  EXPECT_EQ(address.length(), offsetof(sockaddr_un, sun_path) + 4);
  EXPECT_EQ(address.unix_name(), name);
  EXPECT_EQ(address.text(), "@a@b");
  EXPECT_NO_THROW((void)Address::unix_path(std::string(108, '\0')));
  EXPECT_THROW((void)Address::unix_path(std::string(109, '\0')), std::invalid_argument);
}

TEST(Address_Unix, APathHas108BytesAndNoNul) {
  EXPECT_EQ(Address::unix_path(std::string(108, 'p')).text(), std::string(108, 'p'));
  EXPECT_EQ(Address::unix_path("\xff\xfe").text(), "\xff\xfe");  // bytes, whatever they mean
  EXPECT_THROW((void)Address::unix_path(std::string(109, 'p')), std::invalid_argument);
  EXPECT_THROW((void)Address::unix_path(""), std::invalid_argument);
  EXPECT_THROW((void)Address::unix_path(std::string_view("a\0b", 3)), std::invalid_argument);
  EXPECT_EQ(Address().unix_name(), "");
}

TEST(Address_Numeric, MayNameAnInterface) {
  const auto scoped = Address::numeric("fe80::1%lo", 80);
  ASSERT_TRUE(scoped);
  EXPECT_EQ(scoped->text(), "[fe80::1%lo]:80");
  EXPECT_EQ(Address::numeric("fe80::1%4000000", 80)->text(), "[fe80::1%4000000]:80");
  EXPECT_FALSE(Address::numeric("fe80::1%no-such-interface", 80));
  EXPECT_FALSE(Address::numeric("fe80::1%", 80));
  EXPECT_FALSE(Address::numeric("127.0.0.1%lo", 80));
}

/// A host that is refused for its NUL, whatever it is for.
Coro<> expect_refused(std::string host) {
  const std::string resolving = co_await refusal_of(aio::resolve(host, 80));
  EXPECT_NE(resolving.find("NUL"), std::string::npos) << resolving;
  const std::string connecting = co_await refusal_of(aio::open_connection(host, 80));
  EXPECT_NE(connecting.find("NUL"), std::string::npos) << connecting;
  const std::string serving = co_await refusal_of(aio::start_server(echo, host, 0));
  EXPECT_NE(serving.find("NUL"), std::string::npos) << serving;
}

TEST(Address_Nul, IsRefusedInTheNameOfAHost) {
  aio::run([]() -> Coro<> {
    co_await expect_refused(std::string("127.0.0.1\0.evil", 15));
    co_await expect_refused(std::string("\0", 1));
  }());
}

TEST(Server_Unix, ServesAnAbstractName) {
  aio::run([]() -> Coro<> {
    const std::string name = std::string("\0loopwright-", 12) + std::to_string(::getpid());
    Server server = co_await aio::start_unix_server(echo, name);
    EXPECT_EQ(server.address().unix_name(), name);
    Stream client = co_await aio::open_unix_connection(name);
    co_await expect_echo(std::move(client));
    EXPECT_EQ(co_await error_of(aio::start_unix_server(echo, name)), EADDRINUSE);
  }());
}

TEST(Server_Unix, LeavesThePathToAServerThatLives) {
  const std::string path = tests::temporary("lives");
  aio::run([](std::string at) -> Coro<> {
    Server first = co_await aio::start_unix_server(echo, at);
    EXPECT_EQ(co_await error_of(aio::start_unix_server(echo, at)), EADDRINUSE);
    Stream client = co_await aio::open_unix_connection(at);
    co_await expect_echo(std::move(client));
  }(path));
  EXPECT_FALSE(std::filesystem::exists(path));
}

/// However a test ends, it leaves no file to the next one.
struct RemoveAtLast {
  const std::string& path;
  ~RemoveAtLast() { ::unlink(path.c_str()); }
};

TEST(Server_Unix, LeavesASocketOfAnotherKind) {
  const std::string path = tests::temporary("datagrams");
  const RemoveAtLast file{path};
  aio::run([](std::string at) -> Coro<> {
    const Address address = Address::unix_path(at);
    const UniqueFd other(::socket(AF_UNIX, SOCK_DGRAM, 0));
    aio::check_syscall("bind", ::bind(other.get(), address.raw(), address.length()));
    EXPECT_EQ(co_await error_of(aio::start_unix_server(echo, at)), EADDRINUSE);
    EXPECT_TRUE(std::filesystem::exists(at));
  }(path));
}

/// Another working directory, for a while.
class Elsewhere {
 public:
  explicit Elsewhere(const std::filesystem::path& there) { std::filesystem::current_path(there); }
  ~Elsewhere() { std::filesystem::current_path(before_); }

 private:
  std::filesystem::path before_ = std::filesystem::current_path();
};

TEST(Server_Unix, FindsItsRelativePathAgain) {
  const std::filesystem::path path = tests::temporary("relative");
  aio::run([](std::filesystem::path at) -> Coro<> {
    std::optional<Server> server;
    {
      const Elsewhere there(at.parent_path());
      server.emplace(co_await aio::start_unix_server(echo, at.filename()));
    }
    EXPECT_TRUE(std::filesystem::exists(at));
    server->close();
    EXPECT_FALSE(std::filesystem::exists(at));
  }(path));
}

// ── several addresses ──

// An address of a documentation network is on no machine, as "::" is not on one without IPv6.
TEST(Server_Addresses, ThoseThatThisMachineHasAreServed) {
  tests::Names names;
  names.add("half.test", {"203.0.113.1", "127.0.0.1", "127.0.0.1"});
  aio::run([]() -> Coro<> {
    Server server = co_await aio::start_server(echo, "half.test", 0);
    EXPECT_EQ(server.address().text(), "127.0.0.1:" + std::to_string(server.port()));
    Stream client = co_await aio::open_connection("half.test", server.port());
    co_await expect_echo(std::move(client));
  }());
}

TEST(Server_Addresses, NoneIsAnErrorThatTellsOfAll) {
  tests::Names names;
  names.add("none.test", {"203.0.113.1", "203.0.113.2"});
  const std::size_t before = tests::open_descriptors();
  aio::run([]() -> Coro<> {
    std::string message;
    try {
      co_await aio::start_server(echo, "none.test", 0);
    } catch (const std::system_error& error) {
      EXPECT_EQ(error.code(), std::errc::address_not_available);
      message = error.what();
    }
    EXPECT_NE(message.find("203.0.113.1:0"), std::string::npos) << message;
    EXPECT_NE(message.find("203.0.113.2:0"), std::string::npos) << message;
  }());
  EXPECT_EQ(tests::open_descriptors(), before);
}

// Somebody else would get half of the clients.
TEST(Server_Addresses, OneThatIsInUseIsAnError) {
  tests::Names names;
  names.add("two.test", {"127.0.0.2", "127.0.0.3"});
  aio::run([]() -> Coro<> {
    Server other = co_await aio::start_server(echo, "127.0.0.3", 0);
    EXPECT_EQ(co_await error_of(aio::start_server(echo, "two.test", other.port())), EADDRINUSE);
  }());
}

TEST(Server_Addresses, APortThatIsNotFreeForAllIsGivenBack) {
  tests::Names names;
  names.add("two.test", {"127.0.0.2", "127.0.0.3"});
  aio::run([]() -> Coro<> {
    Weather weather;
    weather.bind_errors = {0, EADDRINUSE, 0, EADDRINUSE};
    Server server = co_await aio::start_server(echo, "two.test", 0);
    EXPECT_TRUE(weather.bind_errors.empty());
    for (const char* host : {"127.0.0.2", "127.0.0.3"}) {
      Stream client = co_await aio::open_connection(host, server.port());
      co_await expect_echo(std::move(client));
    }
    for (int i = 0; i < 100; ++i)
      weather.bind_errors.insert(weather.bind_errors.end(), {0, EADDRINUSE});
    EXPECT_EQ(co_await error_of(aio::start_server(echo, "two.test", 0)), EADDRINUSE);
    EXPECT_FALSE(weather.bind_errors.empty()) << "it tries without end";
  }());
}

TEST(Server_Addresses, WithoutDescriptorsNoHalfIsServed) {
  tests::Names names;
  names.add("two.test", {"127.0.0.2", "127.0.0.3"});
  aio::run([]() -> Coro<> {
    co_await aio::resolve("two.test", 0);
    const tests::DescriptorLimit limit(1);
    EXPECT_EQ(co_await error_of(aio::start_server(echo, "two.test", 0)), EMFILE);
  }());
}

// ── servers ──

TEST(Server_Backlog, MayBeWhatTheKernelMakesOfIt) {
  aio::run([]() -> Coro<> {
    for (const int backlog : {0, -1}) {
      ServerOptions options;
      options.backlog = backlog;
      Server server = co_await aio::start_server(echo, "127.0.0.1", 0, options);
      Stream client = co_await aio::open_connection("127.0.0.1", server.port());
      co_await expect_echo(std::move(client));
    }
  }());
}

// Another process begins to listen between our bind() and our listen().
TEST(Server_Listen, MayFailAndBeTriedAgain) {
  aio::run([]() -> Coro<> {
    UniqueFd other = aio::detail::bound_socket(*Address::numeric("127.0.0.1", 0));
    const std::uint16_t port = Address::of_socket(other.get()).port();
    ServerOptions options;
    options.start_serving = false;
    Server server = co_await aio::start_server(echo, "127.0.0.1", port, options);
    ::listen(other.get(), 5);
    EXPECT_EQ(co_await error_of(server.serve_forever()), EADDRINUSE);
    EXPECT_THROW(server.start_serving(), std::system_error);
    EXPECT_FALSE(server.is_serving());
    other.reset();
    server.start_serving();
    Stream client = co_await aio::open_connection("127.0.0.1", port);
    co_await expect_echo(std::move(client));
  }());
}

TEST(Server_Listen, AfterAFailureNobodyIsAccepted) {
  tests::Names names;
  names.add("two.test", {"127.0.0.2", "127.0.0.3"});
  aio::run([]() -> Coro<> {
    ServerOptions options;
    options.start_serving = false;
    Server server = co_await aio::start_server(echo, "two.test", 0, options);
    UniqueFd other = aio::detail::bound_socket(*Address::numeric("127.0.0.3", server.port()));
    ::listen(other.get(), 5);
    EXPECT_THROW(server.start_serving(), std::system_error);
    Stream client = co_await aio::open_connection("127.0.0.2", server.port());
    co_await iterations(20);
    EXPECT_EQ(server.connections(), 0U) << "half of it serves, though start_serving() failed";
    other.reset();
    server.start_serving();
    co_await expect_echo(std::move(client));
  }());
}

/// A server and a task that serves for ever, which has accepted one client.
struct Forever {
  Server server;
  Stream client;
  aio::Task<> serving;
};

template <class Handler>
Coro<Forever> serve_one(Handler handler, ServerOptions options = ServerOptions()) {
  Server server = co_await aio::start_server(std::move(handler), "127.0.0.1", 0, options);
  auto serving = aio::create_task(server.serve_forever());
  Stream client = co_await aio::open_connection("127.0.0.1", server.port());
  while (server.connections() == 0) co_await iterations(1);
  co_await iterations(5);
  co_return Forever{std::move(server), std::move(client), std::move(serving)};
}

// SRV-04: the client says nothing, and does not leave
TEST(Server_Cancelled, DoesNotWaitForAnIdleClient) {
  tests::run_virtual([]() -> Coro<> {
    auto forever = co_await serve_one(echo);
    const auto start = aio::running_loop().time();
    forever.serving.cancel();
    EXPECT_THROW(co_await forever.serving, aio::CancelledError);
    EXPECT_EQ(aio::running_loop().time(), start);
    EXPECT_EQ(forever.server.connections(), 0U);
    EXPECT_EQ(co_await forever.client.read(), "");
  }());
}

TEST(Server_Cancelled, HandlersAreToldAndMaySayGoodbye) {
  tests::run_virtual([]() -> Coro<> {
    const auto polite = [](Stream stream) -> Coro<> {
      bool stopped = false;
      try {
        co_await aio::sleep(1h);
      } catch (const aio::CancelledError&) {
        stopped = true;
      }
      if (stopped) co_await stream.write_all("goodbye");
    };
    auto forever = co_await serve_one(polite);
    forever.serving.cancel();
    EXPECT_EQ(co_await forever.client.read_all(), "goodbye");
    EXPECT_THROW(co_await forever.serving, aio::CancelledError);
  }());
}

/// How long it takes until `serving` has ended.
Coro<std::chrono::nanoseconds> time_to_end(aio::Task<> serving) {
  const auto start = aio::running_loop().time();
  try {
    co_await serving;
  } catch (const aio::CancelledError&) {
  }
  co_return aio::running_loop().time() - start;
}

ServerOptions with_grace(std::chrono::nanoseconds grace) {
  ServerOptions options;
  options.grace = grace;
  return options;
}

TEST(Server_Cancelled, ItsPatienceWithAHandlerHasALimit) {
  tests::run_virtual([]() -> Coro<> {
    const auto stubborn = [](Stream stream) -> Coro<> {
      for (int left = 3; left > 0; --left) {
        try {
          co_await aio::sleep(1h);
        } catch (const aio::CancelledError&) {
        }
      }
      stream.write("too late");
    };
    auto forever = co_await serve_one(stubborn, with_grace(7s));
    forever.serving.cancel();
    EXPECT_EQ(co_await time_to_end(forever.serving), 7s);
    EXPECT_EQ(forever.server.connections(), 0U);
    EXPECT_EQ(co_await error_of(forever.client.read()), ECONNRESET);
  }());
}

/// Leaves a connection that sends more than the peer will read.
Coro<> says_much(Stream stream) {
  stream.write(much);
  stream.close();
  co_return;
}

TEST(Server_Cancelled, ItsPatienceWithAPeerThatNeverReadsHasALimit) {
  tests::run_virtual([]() -> Coro<> {
    auto forever = co_await serve_one(says_much, with_grace(7s));
    forever.serving.cancel();
    EXPECT_EQ(co_await time_to_end(forever.serving), 7s);
    EXPECT_EQ(forever.server.connections(), 0U);
  }());
}

TEST(Server_Cancelled, TwiceIsAtOnce) {
  tests::run_virtual([]() -> Coro<> {
    auto forever = co_await serve_one(says_much);
    forever.serving.cancel();
    co_await iterations(20);
    EXPECT_FALSE(forever.serving.done());
    forever.serving.cancel();
    EXPECT_EQ(co_await time_to_end(forever.serving), 0s);
    EXPECT_EQ(forever.server.connections(), 0U);
  }());
}

TEST(Server_Cancelled, OutputIsSentFirst) {
  tests::run_virtual([]() -> Coro<> {
    auto forever = co_await serve_one(says_much);
    auto reading = aio::create_task(everything(std::move(forever.client)));
    forever.serving.cancel();
    const std::string got = co_await reading;
    EXPECT_EQ(got.size(), much.size());
    EXPECT_EQ(co_await time_to_end(forever.serving), 0s);
  }());
}

TEST(Server_Cancelled, ItsLoopMayCloseMeanwhile) {
  const std::size_t before = tests::open_descriptors();
  {
    tests::VirtualLoop virtual_loop;
    aio::EventLoop& loop = virtual_loop.loop;
    std::optional<Forever> forever;
    const auto start = [](std::optional<Forever>& all) -> Coro<> {
      all.emplace(co_await serve_one(says_much));
      all->serving.cancel();
    };
    auto starting = loop.create_task(start(forever));
    virtual_loop.after(1s, "stop", [&loop] { loop.stop(); });
    loop.run_forever();
    EXPECT_TRUE(starting.done());
    ASSERT_TRUE(forever.has_value());
    EXPECT_FALSE(forever->serving.done());
    loop.close();
    EXPECT_EQ(forever->server.connections(), 0U);
  }
  EXPECT_EQ(tests::open_descriptors(), before);
}

// Connections that outlive their handlers are closed too.
/// Keeps the streams of its callers.
struct Hall {
  std::shared_ptr<int> alive = std::make_shared<int>();
  std::vector<Stream> guests;
};

Coro<> two_guests(std::weak_ptr<int>& alive, bool until_closed) {
  const auto hall = std::make_shared<Hall>();
  alive = hall->alive;
  const auto keep = [hall](Stream stream) -> Coro<> {
    hall->guests.push_back(std::move(stream));
    co_return;
  };
  Server server = co_await aio::start_server(keep, "127.0.0.1", 0);
  Stream first = co_await aio::open_connection("127.0.0.1", server.port());
  Stream second = co_await aio::open_connection("127.0.0.1", server.port());
  while (hall->guests.size() < 2) co_await iterations(1);
  if (until_closed) server.close();
}

// The handler owns its streams, they own the server, and the server owns the handler.
TEST(Server_Close, LetsGoOfTheHandler) {
  for (const bool closed : {false, true}) {
    std::weak_ptr<int> alive;
    aio::run([](std::weak_ptr<int>& hall, bool how) -> Coro<> {
      co_await two_guests(hall, how);
      co_await iterations();
      EXPECT_TRUE(hall.expired()) << "a server that is closed keeps its handler";
    }(alive, closed));
    EXPECT_TRUE(alive.expired());
  }
}

TEST(Server_Close, KeepsTheHandlerForThoseWhoAreServed) {
  aio::run([]() -> Coro<> {
    const auto shared = std::make_shared<std::string>("kept");
    const std::weak_ptr<std::string> watched = shared;
    aio::StreamHandler answer = [shared](Stream stream) -> Coro<> {
      co_await stream.read_line();
      co_await stream.write_all(*shared);
    };
    Server server = co_await aio::start_server(std::move(answer), "127.0.0.1", 0);
    Stream client = co_await aio::open_connection("127.0.0.1", server.port());
    while (server.connections() == 0) co_await iterations(1);
    server.close();
    client.write("still there?\n");
    EXPECT_EQ(co_await client.read_all(), "kept");
    co_await server.wait_closed();
    EXPECT_EQ(watched.use_count(), 1) << "the server still has it";
  }());
}

TEST(Server_Cancelled, ClosesWhatHandlersHaveGivenAway) {
  std::vector<Stream> streams;  // longer than any handler
  tests::run_virtual([](std::vector<Stream>& kept) -> Coro<> {
    const auto keep = [&kept](Stream stream) -> Coro<> {
      kept.push_back(std::move(stream));
      co_return;
    };
    auto forever = co_await serve_one(keep);
    EXPECT_EQ(kept.size(), 1U);
    forever.serving.cancel();
    EXPECT_EQ(co_await time_to_end(forever.serving), 0s);
    EXPECT_EQ(kept.front().fd(), -1);
  }(streams));
}

// What waits for a server leaves nothing behind when it gives up, and others are still told.
TEST(Server_Close, ManyMayWaitAndGiveUp) {
  tests::run_virtual([]() -> Coro<> {
    auto forever = co_await serve_one(echo);
    forever.server.close();
    auto patient = aio::create_task(forever.server.wait_closed());
    for (int i = 0; i < 100; ++i) {
      bool late = false;
      try {
        co_await aio::wait_for(forever.server.wait_closed(), 1s);
      } catch (const aio::TimeoutError&) {
        late = true;
      }
      EXPECT_TRUE(late);
    }
    EXPECT_FALSE(patient.done());
    EXPECT_FALSE(forever.serving.done());
    forever.client.close();
    co_await patient;
    EXPECT_EQ(co_await time_to_end(forever.serving), 0s);
  }());
}

}  // namespace
