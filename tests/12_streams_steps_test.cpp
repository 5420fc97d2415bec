// Lesson 12, step by step: streams whose other end is a bare socket, held by the test.

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
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
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <aio/address.hpp>
#include <aio/event_loop.hpp>
#include <aio/server.hpp>
#include <aio/stream.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/ref.hpp>
#include <aio/support/syscall.hpp>
#include <aio/support/todo.hpp>
#include <aio/task.hpp>

#include "support/broken_pipes.hpp"
#include "support/error_of.hpp"
#include "support/faults.hpp"
#include "support/iterations.hpp"
#include "support/passed_descriptor.hpp"
#include "support/pattern.hpp"
#include "support/reports.hpp"
#include "support/run_virtual.hpp"
#include "support/seed.hpp"
#include "support/story.hpp"
#include "support/suspicion.hpp"
#include "support/weather.hpp"
#include "support/whose.hpp"

namespace {

using aio::Coro, aio::EventLoop, aio::IncompleteReadError, aio::InvalidStateError;
using aio::LimitOverrunError, aio::Ref, aio::Server, aio::ServerOptions, aio::Stream;
using aio::StreamOptions, aio::UniqueFd;
using aio::detail::ByteBuffer, aio::detail::ReadRequest, aio::detail::StreamState;
using Kind = aio::detail::ReadRequest::Kind;
using tests::error_of, tests::iterations, tests::pattern, tests::Reports, tests::Seen;

const auto compiled_request = tests::compiled_from(aio::layers::read_request);
const auto compiled_state = tests::compiled_from(aio::layers::stream_state);
const auto compiled_stream = tests::compiled_from(aio::layers::stream);
const auto compiled_listener = tests::compiled_from(aio::layers::listener);
const auto compiled_server = tests::compiled_from(aio::layers::server);

constexpr std::size_t npos = std::string_view::npos;
constexpr std::size_t limit = 64 * 1024;
/// More than any pair of sockets on one machine keeps.
constexpr std::size_t much = 8'000'000;

/// Where two texts differ.
std::string difference(std::string_view one, std::string_view other) {
  if (one == other) return "nowhere";
  const auto where = std::mismatch(one.begin(), one.end(), other.begin(), other.end()).first;
  return "at byte " + std::to_string(where - one.begin());
}

/// The text itself, or how long it is.
std::string shortly(std::string_view text) {
  if (text.size() > 20) return std::to_string(text.size()) + " bytes";
  return testing::PrintToString(std::string(text));
}

/// The other end of a connection: a bare socket. It may tell a story of what it does.
class Peer {
 public:
  explicit Peer(UniqueFd fd, tests::Story* story = nullptr) : fd_(std::move(fd)), story_(story) {}

  void send(std::string_view text) {
    tell("sends " + shortly(text));
    while (!text.empty()) {
      const ssize_t count = ::send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL);
      if (count == -1) throw std::system_error(errno, std::generic_category(), "the test's send");
      text.remove_prefix(static_cast<std::size_t>(count));
    }
  }
  /// What is there now, at most so many bytes.
  std::string take(std::size_t at_most = npos) {
    std::string all;
    std::array<char, 4096> room;
    while (all.size() < at_most && !ended_ && error_ == 0) {
      const std::size_t size = std::min(room.size(), at_most - all.size());
      const ssize_t count = ::recv(fd_.get(), room.data(), size, MSG_DONTWAIT);
      if (count > 0) all.append(room.data(), static_cast<std::size_t>(count));
      if (count == 0) ended_ = true;
      if (count == -1 && errno == EAGAIN) break;
      if (count == -1) error_ = errno;
    }
    return all;
  }
  /// Waits for something to happen here: no order of events hangs on how long that takes.
  void wait() {
    pollfd one{fd_.get(), POLLIN, 0};
    ::poll(&one, 1, 1000);
  }
  int fd() const { return fd_.get(); }
  bool ended() const { return ended_; }
  int error() const { return error_; }
  /// Says that it sends nothing more.
  void end() {
    tell("sends nothing more");
    ::shutdown(fd_.get(), SHUT_WR);
  }
  void close() {
    tell("closes");
    fd_.reset();
  }
  void reset() {
    tell("resets the connection");
    const linger now{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
    fd_.reset();
  }

 private:
  void tell(const std::string& what) {
    if (story_ != nullptr) story_->step("the other side " + what);
  }

  UniqueFd fd_;
  tests::Story* story_;
  bool ended_ = false;
  int error_ = 0;
};

/// Two connected sockets; the first sends only little at a time if it is told to.
std::pair<UniqueFd, UniqueFd> socket_pair(bool narrow = false) {
  int fds[2];
  aio::check_syscall("socketpair",
                     ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds));
  const int least = 1;
  if (narrow) ::setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &least, sizeof least);
  return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}

/// A stream on the loop that runs, and its peer.
struct Wire {
  explicit Wire(const StreamOptions& options = StreamOptions(), bool narrow = false)
      : Wire(socket_pair(narrow), options) {}
  Wire(std::pair<UniqueFd, UniqueFd> ends, const StreamOptions& options)
      : stream(Stream::adopt(std::move(ends.first), options)),
        peer(std::move(ends.second), &story) {}
  tests::Story story{};
  Stream stream;
  Peer peer;
};

/// A stream's state on a loop that never runs, and its peer.
struct Still {
  explicit Still(const StreamOptions& options = StreamOptions()) : Still(socket_pair(), options) {}
  Still(std::pair<UniqueFd, UniqueFd> ends, const StreamOptions& options)
      : state(new StreamState(loop, std::move(ends.first), options)),
        peer(std::move(ends.second), &story) {}
  tests::Story story{};
  EventLoop loop{};
  Ref<StreamState> state;
  Peer peer;
};

/// A listening socket on this machine, without a server.
class Listening {
 public:
  Listening()
      : fd_(aio::check_syscall("socket", ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))) {
    const aio::Address here = *aio::Address::numeric("127.0.0.1", 0);
    aio::check_syscall("bind", ::bind(fd_.get(), here.raw(), here.length()));
    aio::check_syscall("listen", ::listen(fd_.get(), 10));
  }
  std::uint16_t port() const { return aio::Address::of_socket(fd_.get()).port(); }
  Peer accept() {
    return Peer(UniqueFd(aio::check_syscall(
        "accept4", ::accept4(fd_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC))));
  }

 private:
  UniqueFd fd_;
};

/// A client that is connected as far as the kernel is concerned, accepted or not.
Peer client_of(std::uint16_t port) {
  UniqueFd fd(aio::check_syscall("socket", ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)));
  const aio::Address there = *aio::Address::numeric("127.0.0.1", port);
  aio::check_syscall("connect", ::connect(fd.get(), there.raw(), there.length()));
  return Peer(std::move(fd));
}

/// What a read gives, which has all it needs; it does not wait for ever.
Coro<std::string> soon(aio::Task<std::string> read) {
  co_await iterations(10);
  if (read.done()) co_return read.result();
  read.cancel();
  co_return "(it still waits)";
}

/// What the peer gets while the loop goes on, until nothing more comes or the stream has ended.
Coro<std::string> all_that_comes(Peer& peer, std::size_t at_once = npos) {
  constexpr std::size_t too_much = 2'000'000;  // something is sent again and again
  std::string all;
  for (int idle = 0; idle < 20 && all.size() < too_much && !peer.ended() && peer.error() == 0;) {
    const std::string more = peer.take(at_once);
    idle = more.empty() ? idle + 1 : 0;
    all += more;
    co_await iterations(1);
  }
  co_return all;
}

// ── step 12.1: what a read asks for ──

/// A buffer that tells what comes in.
struct Incoming : ByteBuffer {
  explicit Incoming(std::string_view text = {}) {
    if (!text.empty()) append(text);
  }
  void append(std::string_view text) {
    ByteBuffer::append(text);
    story.step(shortly(text) + " comes, and the buffer has " + shortly(view()));
  }
  tests::Story story{};
};

// STRM-01 STRM-02
TEST(Step1_Ask, SomeIsWhateverHasCome) {
  Incoming in("hello");
  ReadRequest three(Kind::some, 3), many(Kind::some, npos), none(Kind::some, 0);
  EXPECT_STORY(in.story, three.satisfied(in, false, limit), true,
               "bytes are there: `some` asks for no more than that");
  EXPECT_STORY(in.story, three.take(in, limit), "hel", "more is taken out than was asked for");
  EXPECT_STORY(in.story, many.satisfied(in, false, limit), true,
               "it waits for as many bytes as were named: for `some`, one byte is enough");
  EXPECT_STORY(in.story, many.take(in, limit), "lo",
               "what is there is taken out, and no more, though more was asked for");
  EXPECT_STORY(in.story, many.satisfied(in, false, limit), false,
               in.empty() ? "it has a result although no byte is there"
                          : "take() has taken out another number of bytes than were there");
  EXPECT_STORY(in.story, none.satisfied(in, false, limit), true,
               "it waits for a byte, and zero bytes were asked for");
  EXPECT_STORY(in.story, none.take(in, limit), "", "more is taken out than was asked for");
}

// STRM-06
TEST(Step1_Ask, ExactlySoManyAreNotLess) {
  Incoming in("12345");
  ReadRequest six(Kind::exactly, 6), five(Kind::exactly, 5), none(Kind::exactly, 0);
  EXPECT_STORY(in.story, six.satisfied(in, false, limit), false,
               "it has a result although only five of six bytes have come");
  EXPECT_STORY(in.story, none.satisfied(in, false, limit), true,
               "it waits for a byte, and zero bytes were asked for");
  EXPECT_STORY(in.story, none.take(in, limit), "", "more is taken out than was asked for");
  EXPECT_STORY(in.story, five.satisfied(in, false, limit), true,
               "it waits on although all five bytes have come");
  EXPECT_STORY(in.story, five.satisfied(in, false, 3), true,
               "the limit is looked at, which is for separators only");
  in.append("67");
  EXPECT_STORY(in.story, five.take(in, limit), "12345",
               "more or fewer bytes are taken out than were asked for");
  EXPECT_STORY(in.story, in.view(), "67", "bytes have left the buffer that nobody asked for");
}

TEST(Step1_Ask, AllOfItIsThereAtTheEnd) {
  Incoming in("all");
  ReadRequest everything(Kind::all, 0);
  EXPECT_STORY(in.story, everything.satisfied(in, false, limit), false,
               "it is content with the first bytes: `all` means all until the end of the stream");
  EXPECT_STORY(in.story, everything.satisfied(in, true, limit), true,
               "the stream has ended, and it waits on");
  EXPECT_STORY(in.story, everything.take(in, limit), "all",
               "another number of bytes is taken out than were there");
}

// STRM-07
TEST(Step1_Ask, TheEndLeavesNobodyWaiting) {
  Incoming in("half");
  ReadRequest nine(Kind::exactly, 9), some(Kind::some, npos);
  EXPECT_STORY(in.story, nine.satisfied(in, true, limit), true,
               "the stream has ended, and it waits for bytes that cannot come");
  std::string partial;
  std::optional<std::size_t> expected;
  try {
    nine.take(in, limit);
  } catch (const IncompleteReadError& error) {
    partial = error.partial;
    expected = error.expected;
  }
  EXPECT_STORY(in.story, partial, "half",
               "no IncompleteReadError comes, or it does not carry what has come");
  EXPECT_STORY(in.story, expected, 9U, "the error does not carry how many bytes were asked for");
  EXPECT_STORY(in.story, in.empty(), true,
               "the error carries the bytes, and they are still in the buffer");
  EXPECT_STORY(in.story, some.satisfied(in, true, limit), true,
               "the stream has ended, and it waits for bytes that cannot come");
  EXPECT_STORY(in.story, some.take(in, limit), "",
               "bytes are left in the buffer: an empty result says that this is the end");
}

// Step 12.2, which writes find() and take_until(), comes later.
TEST(Step1_Ask, SeparatorsAreForThoseWhoLookForThem) {
  Incoming in("a line\nand more");
  ReadRequest line(Kind::line, {"\n"});
  const auto goes_on = [](auto act) {
    try {
      return act();
    } catch (const aio::Todo& todo) {
      if (todo.step != "12.2") throw;
      return true;
    }
  };
  const bool asked = goes_on([&] { return line.satisfied(in, false, limit); });
  EXPECT_STORY(in.story, asked, true,
               "`until` and `line` have a result when find() has found a separator, or when more "
               "than the limit has come before one (before_separator())");
  const bool taken = goes_on([&] { return line.take(in, limit) == "a line\n"; });
  EXPECT_STORY(in.story, taken, true, "`until` and `line` are taken by take_until()");
}

// ── step 12.2: separators ──

ReadRequest until(std::vector<std::string> separators) {
  return ReadRequest(Kind::until, std::move(separators));
}
ReadRequest line() { return ReadRequest(Kind::line, {"\n"}); }

/// What is taken, or the name of the error.
std::string what_is_taken(ReadRequest& request, ByteBuffer& in, std::size_t longest) {
  try {
    return request.take(in, longest);
  } catch (const IncompleteReadError&) {
    return "(IncompleteReadError)";
  } catch (const LimitOverrunError&) {
    return "(LimitOverrunError)";
  }
}

TEST(Step2_Separator, IsTakenWithWhatComesBeforeIt) {
  Incoming in("one\n\ntwo");
  for (const char* expected : {"one\n", "\n"}) {
    ReadRequest next = line();
    EXPECT_STORY(in.story, next.satisfied(in, false, limit), true,
                 "a separator has come, and is not found");
    EXPECT_STORY(in.story, next.take(in, limit), expected,
                 "what is taken does not end with the separator, which belongs to it");
  }
  ReadRequest last = line();
  EXPECT_STORY(in.story, last.satisfied(in, false, limit), false,
               "it has a result although the end of this line has not come");
  EXPECT_STORY(in.story, in.view(), "two", "bytes behind the separator have left the buffer");
}

TEST(Step2_Separator, MayStandAtTheBeginning) {
  Incoming in("\r\nrest");
  ReadRequest next = until({"\r\n"});
  EXPECT_STORY(in.story, next.satisfied(in, false, limit), true,
               "it is not found: where nothing has been searched, there is nothing to go back to "
               "(searched_ is 0, and a std::size_t is never negative)",
               tests::LooksLike{false, "goes-back-too-far"});
}

TEST(Step2_Separator, NoByteIsSearchedTwice) {
  tests::Story story;
  ByteBuffer searched, more;
  searched.append("no separator");
  ReadRequest next = line();
  next.satisfied(searched, false, limit);
  story.step("\"no separator\" has been searched");
  more.append("n\n separator and more");
  story.step(
      "a trap: behind your back a \"\\n\" is put where it has been searched, and more comes");
  EXPECT_STORY(story, next.satisfied(more, false, limit), false,
               "what was searched is searched again: a long line that comes in small pieces is "
               "then searched from its beginning for each of them",
               Seen{true, "searches-from-the-beginning"});
}

// STRM-12
TEST(Step2_Separator, IsFoundThoughItComesInPieces) {
  const std::string message = "ab\r\r\ncd";
  tests::Story story;
  Incoming in;
  ReadRequest request = until({"\r\n"});
  std::size_t found_at = 0;
  for (const char byte : message) {
    in.append({&byte, 1});
    story.step("byte " + std::to_string(in.size()) + " of \"ab\\r\\r\\ncd\" has come");
    if (found_at == 0 && request.satisfied(in, false, limit)) found_at = in.size();
  }
  EXPECT_STORY(
      story, found_at, 5U,
      "a separator that begins in one piece and ends in the next is not found, or is found "
      "before it is there",
      tests::LooksLike{std::size_t{0}, "looks-only-at-what-is-new"});
  if (found_at == 0) return;
  EXPECT_STORY(in.story, request.take(in, limit), "ab\r\r\n",
               "what is taken does not end with the separator, which belongs to it");
  EXPECT_STORY(in.story, in.view(), "cd", "bytes behind the separator have left the buffer");
}

TEST(Step2_Separator, TheOneThatEndsFirstWins) {
  Incoming in("key: value;\nrest");
  ReadRequest first = until({";\n", ":", ";"});
  EXPECT_STORY(in.story, first.satisfied(in, false, limit), true,
               "a separator has come, and is not found");
  EXPECT_STORY(in.story, first.take(in, limit),
               "key:", "another separator ends sooner, wherever it stands in the list");
  ReadRequest second = until({";\n", ";"});
  EXPECT_STORY(in.story, second.satisfied(in, false, limit), true,
               "a separator has come, and is not found");
  EXPECT_STORY(in.story, second.take(in, limit), " value;",
               "both begin at the same byte, and \";\" ends before \";\\n\" does");
}

// STRM-14 STRM-09
TEST(Step2_Separator, MayBeMissingAtTheEnd) {
  Incoming in("rest");
  ReadRequest cut_off = until({"\n"}), last = line(), nothing = line();
  EXPECT_STORY(in.story, cut_off.satisfied(in, true, limit), true,
               "the stream has ended, and it waits for bytes that cannot come");
  std::string partial;
  try {
    cut_off.take(in, limit);
  } catch (const IncompleteReadError& error) {
    partial = error.partial;
    EXPECT_STORY(in.story, error.expected, std::nullopt,
                 "a read up to a separator has asked for no number of bytes");
  }
  EXPECT_STORY(in.story, partial, "rest",
               "no IncompleteReadError comes, or it does not carry what has come");
  EXPECT_STORY(in.story, in.empty(), true,
               "the error carries the bytes, and they are still in the buffer");
  in.append("rest");
  EXPECT_STORY(in.story, last.satisfied(in, true, limit), true,
               "the stream has ended, and it waits for bytes that cannot come");
  EXPECT_STORY(in.story, what_is_taken(last, in, limit), "rest",
               "the last line may end without its mark: at the end of the stream a read_line() "
               "gives what is left",
               Seen{std::string("(IncompleteReadError)"), "the-last-line-needs-its-end"});
  EXPECT_STORY(in.story, nothing.satisfied(in, true, limit), true,
               "the stream has ended, and it waits for bytes that cannot come");
  EXPECT_STORY(in.story, what_is_taken(nothing, in, limit), "",
               "at the end of the stream an empty line says that this is the end");
}

/// How many bytes the LimitOverrunError of a read has counted; 0 when it throws none.
std::size_t overrun(ReadRequest request, Incoming& in, std::size_t longest) {
  EXPECT_TRUE(request.satisfied(in, false, longest))
      << in.story.text()
      << "Likely cause: it waits for more, which cannot help: more than the limit has come before "
         "a separator. satisfied() says so, and take() throws";
  try {
    request.take(in, longest);
  } catch (const LimitOverrunError& error) {
    return error.consumed;
  }
  return 0;
}

// STRM-10 STRM-11 STRM-13
TEST(Step2_Separator, TooMuchBeforeItIsAnError) {
  Incoming in("1234\n12345\nab");
  ReadRequest exact = line();
  EXPECT_STORY(in.story, exact.satisfied(in, false, 4), true,
               "a separator has come, and is not found");
  EXPECT_STORY(in.story, what_is_taken(exact, in, 4), "1234\n",
               "four bytes come before the separator, and four are allowed: the separator itself "
               "does not count",
               tests::LooksLike{std::string("(LimitOverrunError)"), "the-separator-counts"});
  EXPECT_STORY(in.story, overrun(until({"\n"}), in, 4), 5U,
               "no LimitOverrunError comes, or it does not carry how many bytes come before the "
               "separator");
  EXPECT_STORY(in.story, in.view(), "12345\nab",
               "a read_until() that fails has taken bytes out, which somebody may still want");
  EXPECT_STORY(in.story, overrun(line(), in, 4), 5U,
               "no LimitOverrunError comes, or it was counted after the line had been dropped");
  EXPECT_STORY(in.story, in.view(), "ab",
               in.size() > 2 ? "a line that is too long stays in the buffer, and the next "
                               "read_line() fails at it again"
                             : "more is dropped than the line that is too long");
  in.append("cde");
  EXPECT_STORY(in.story, overrun(until({"\r\n"}), in, 3), 4U,
               "the last byte may begin the separator, so it does not count yet");
  EXPECT_STORY(in.story, overrun(line(), in, 4), 5U,
               "no LimitOverrunError comes, or it does not carry how many bytes have come");
  EXPECT_STORY(in.story, in.empty(), true,
               "no separator has come, so all of it belongs to the line that is too long: it is "
               "dropped");
}

// ── step 12.3: what is there ──

std::string taken(Still& still, Kind kind, std::size_t count) {
  ReadRequest request(kind, count);
  EXPECT_STORY(still.story, still.state->try_read(request), true,
               "what is asked for has come, or the stream has ended, and try_read() has no result");
  return still.state->take(request);
}

/// Does something that is no failure of the connection. Step 12.6, which writes fail(), comes
/// later.
template <class Act>
void without_failing(const tests::Story& story, Act act, const char* cause) {
  bool has_failed = false;
  try {
    act();
  } catch (const aio::Todo& todo) {
    if (todo.step != "12.6") throw;
    has_failed = true;
  }
  EXPECT_STORY(story, has_failed, false, cause);
}

TEST(Step3_Read, TakesWhatTheKernelHas) {
  Still still;
  still.peer.send("hello");
  EXPECT_STORY(still.story, shortly(taken(still, Kind::some, npos)), shortly("hello"),
               "the buffer gets other bytes than receive() gave, or more of them");
}

TEST(Step3_Read, NothingYetIsNotTheEnd) {
  Still still;
  ReadRequest request(Kind::some, npos);
  still.story.step("nothing has come: receive() gives -1, and errno is EAGAIN");
  bool has_result = false;
  without_failing(
      still.story, [&] { has_result = still.state->try_read(request); },
      "EAGAIN means \"not now\", and read_once() calls fail(), as if the connection were broken");
  EXPECT_STORY(still.story, has_result, false,
               "there is a result although nothing has come: EAGAIN is taken for the end, or for a "
               "failure",
               tests::LooksLike{true, "nothing-yet-ends-the-stream"});
  EXPECT_STORY(still.story, still.state->at_eof(), false, "EAGAIN is taken for the end");
}

TEST(Step3_Read, AnInterruptedCallIsMadeAgain) {
  Still still;
  still.peer.send("hello");
  tests::Weather weather;
  weather.interrupt_each = 3;
  weather.receives = 2;  // so the next call is the third
  still.story.step("a signal arrives: receive() gives -1, and errno is EINTR");
  std::string got;
  without_failing(
      still.story, [&] { got = taken(still, Kind::some, npos); },
      "EINTR means that a signal came in between, and read_once() calls fail(), as if the "
      "connection were broken");
  EXPECT_STORY(still.story, shortly(got), shortly("hello"),
               "EINTR tells nothing about the bytes: the next call gets them");
}

// A sender that is faster than the loop
TEST(Step3_Read, OthersHaveTheirTurnToo) {
  Still still;
  tests::Weather weather;
  weather.flood = 64'000'000;
  still.story.step("64 MB come, as fast as they can be read, and everything is asked for");
  ReadRequest all(Kind::all, 0);
  still.state->try_read(all);
  EXPECT_STORY(still.story, weather.flood > 0, true,
               "try_read() goes on as long as bytes come, and meanwhile nobody else has a turn: "
               "after some calls it returns false",
               tests::LooksLike{false, "reads-for-ever"});
}

TEST(Step3_Read, WhatTheBufferHasNeedsNoCall) {
  Still still;
  still.peer.send("first,second");
  EXPECT_STORY(still.story, taken(still, Kind::exactly, 6), "first,",
               "other bytes are taken than the first six that have come");
  EXPECT_STORY(still.story, taken(still, Kind::exactly, 6), "second",
               "the others came with them, and are not in the buffer");
}

TEST(Step3_Read, GoesOnAfterAFullBuffer) {
  Still still;
  const std::string sent = pattern(150'000);
  still.peer.send(sent);
  const std::string got = taken(still, Kind::exactly, sent.size());
  EXPECT_STORY(still.story, got.size(), sent.size(),
               "one receive() is not enough: read until the request has a result");
  EXPECT_STORY(still.story, difference(got, sent), "nowhere", "a byte is in the wrong place");
}

TEST(Step3_Read, ReadsNoMoreThanItNeeds) {
  Still still;
  still.peer.send(pattern(150'000));
  EXPECT_STORY(still.story, taken(still, Kind::some, 1).size(), 1U, "a read of one byte gives one");
  ReadRequest rest(Kind::some, npos);
  EXPECT_STORY(still.story, still.state->try_read(rest), true,
               "there is more, in the buffer or with the kernel, and it is not found");
  EXPECT_STORY(still.story, still.state->take(rest).size() < 100'000U, true,
               "try_read() reads on though the request has its result: what nobody has asked for "
               "fills the memory");
}

TEST(Step3_Read, TheBufferHoldsNoMoreThanMost) {
  StreamOptions options;
  options.limit = 8;  // so a line needs 16 bytes in the buffer at most
  Still still(options);
  still.peer.send(std::string(60, 'x'));
  taken(still, Kind::exactly, 10);
  still.story.step("ten of them are read, and then a line, with a limit of 8: most() is 16");
  ReadRequest long_line(Kind::line, {"\n"}), rest(Kind::some, npos);
  still.state->try_read(long_line);
  EXPECT_STORY(still.story, still.state->take(rest).size() <= 16U, true,
               "the buffer holds more than `most`: a call may ask only for what is missing to it");
}

// The kernel reports what comes later: until then a call would only say EAGAIN.
TEST(Step3_Read, AShortReadIsTheLastOne) {
  Still still;
  ReadRequest ten(Kind::exactly, 10);
  still.peer.send("short");
  {
    const tests::Weather weather;
    EXPECT_STORY(still.story, still.state->try_read(ten), false,
                 "there is a result although five of ten bytes have come");
    EXPECT_STORY(still.story, weather.receives, 1,
                 "receive() gave fewer bytes than it was asked for, so there are no more now: "
                 "another call can only say EAGAIN",
                 tests::LooksLike{2, "asks-once-too-often"});
  }
  still.peer.send("later");
  EXPECT_STORY(still.story, still.state->try_read(ten), false,
               "receive() is called although nothing was reported since the last one said that "
               "there is no more (readable_)");
}

TEST(Step3_Read, AShortReadIsNotTheLastWhenSomethingCameWithIt) {
  Still still;
  still.story.step("\"a\" comes with a descriptor, and \"b\" behind it");
  tests::send_with_descriptor(still.peer.fd(), 'a', still.peer.fd());
  still.peer.send("b");
  ReadRequest two(Kind::exactly, 2);
  EXPECT_STORY(still.story, still.state->try_read(two), true,
               "receive() stops behind a descriptor, though more bytes are there, and says so: "
               "while no_more_ is set, a short read does not mean that nothing is left",
               tests::LooksLike{false, "a-short-read-is-always-the-last"});
}

// STRM-04
TEST(Step3_Read, NoBytesAreTheEnd) {
  Still still;
  still.peer.end();
  EXPECT_STORY(still.story, still.state->at_eof(), false,
               "it is the end before anybody has looked");
  EXPECT_STORY(still.story, taken(still, Kind::some, npos), "",
               "a receive() of 0 bytes is the end, and a read at the end gives nothing");
  EXPECT_STORY(still.story, still.state->at_eof(), true,
               "receive() gave 0 bytes, and nobody notes that this is the end");
  EXPECT_STORY(still.story, taken(still, Kind::some, npos), "", "the end is forgotten");
}

// ── step 12.4: wait for more ──

TEST(Step4_Wait, UntilBytesCome) {
  tests::run_virtual([]() -> Coro<> {
    Wire wire;
    auto reading = aio::create_task(wire.stream.read());
    co_await iterations();
    EXPECT_STORY(wire.story, reading.done(), false,
                 "nothing has come, and the read does not wait for it");
    wire.peer.send("hello");
    const tests::Suspicion crash(
        "the read is woken and does not know its task: await_suspend() notes it in task_");
    const std::string got = co_await soon(reading);
    EXPECT_STORY(wire.story, got, "hello",
                 got.empty() ? "the read is woken before it has a result: feed_reader() asks first"
                             : "the bytes that have come are not given to the read that waits for "
                               "them: await_suspend() makes it the stream's reader, and on_event() "
                               "feeds that",
                 tests::LooksLike{std::string(), "woken-with-nothing"});
  }());
}

TEST(Step4_Wait, UntilThereIsEnough) {
  tests::run_virtual([]() -> Coro<> {
    Wire wire;
    auto reading = aio::create_task(wire.stream.read_exactly(6));
    for (const char* piece : {"1", "23", "4567"}) {
      co_await iterations();
      EXPECT_STORY(wire.story, reading.done(), false,
                   "the read does not wait, and fewer than six bytes have come");
      wire.peer.send(piece);
    }
    const std::string six = co_await soon(reading);
    EXPECT_STORY(wire.story, six, "123456",
                 "the bytes that have come are not given to the read that waits for them");
    const std::string rest = co_await soon(aio::create_task(wire.stream.read()));
    EXPECT_STORY(wire.story, rest, "7", "what is left for the next read is lost");
  }());
}

// STRM-12
TEST(Step4_Wait, AtEveryCut) {
  const std::string message = "ab\r\r\n12345";
  for (std::size_t cut = 0; cut <= message.size(); ++cut) {
    tests::run_virtual([](std::string all, std::size_t at) -> Coro<> {
      Wire wire;
      auto reading = aio::create_task(wire.stream.read_until("\r\n"));
      wire.peer.send(all.substr(0, at));
      co_await iterations();
      wire.peer.send(all.substr(at));
      const std::string got = co_await soon(reading);
      EXPECT_STORY(wire.story, got, "ab\r\r\n",
                   "the separator is not found when the cut goes through it");
      const std::string rest = co_await soon(aio::create_task(wire.stream.read_exactly(5)));
      EXPECT_STORY(wire.story, rest, "12345",
                   "what comes after the separator is lost for the next read");
    }(message, cut));
  }
}

// Bytes that nobody reads stay with the kernel
TEST(Step4_Wait, NobodyReadsAndNothingComesIn) {
  tests::run_virtual([]() -> Coro<> {
    Wire wire;
    wire.peer.send(pattern(150'000));
    co_await iterations();
    const std::string got = co_await wire.stream.read_exactly(10);
    EXPECT_STORY(wire.story, got, pattern(10), "other bytes come than the first ten");
    const std::string next = co_await wire.stream.read();
    EXPECT_STORY(wire.story, next.size() < 100'000U, true,
                 "more was read in than somebody asked for");
  }());
}

// TRN-12
TEST(Step4_Wait, BytesComeBeforeTheEnd) {
  for (const bool waits : {false, true}) {
    tests::run_virtual([](bool reader_waits) -> Coro<> {
      Wire wire;
      auto reading = aio::create_task(wire.stream.read());
      if (reader_waits) co_await iterations();
      wire.peer.send("last words");
      wire.peer.close();
      const std::string words = co_await soon(reading);
      EXPECT_STORY(wire.story, words, "last words",
                   "the end is told before the bytes that came first");
      const std::string end = co_await soon(aio::create_task(wire.stream.read()));
      EXPECT_STORY(
          wire.story, end, "",
          "one event tells of the bytes and of the end. A short read is not the last then: "
          "the next receive() gives 0, and on_event() notes in no_more_ that it has to be "
          "made",
          tests::LooksLike{std::string("(it still waits)"), "the-end-needs-an-event"});
      EXPECT_STORY(wire.story, wire.stream.at_eof(), true,
                   "receive() gave 0 bytes, and nobody notes that this is the end");
    }(waits));
  }
}

TEST(Step4_Wait, TheEndWakesWhoWaits) {
  tests::run_virtual([]() -> Coro<> {
    Wire wire;
    auto reading = aio::create_task(wire.stream.read_all());
    wire.peer.send("every");
    co_await iterations();
    wire.peer.send("thing");
    co_await iterations();
    wire.peer.end();
    const std::string all = co_await soon(reading);
    EXPECT_STORY(wire.story, all, "everything", "nobody wakes the read when the stream ends");
  }());
}

TEST(Step4_Wait, ACancelledReadTakesNothing) {
  tests::run_virtual([]() -> Coro<> {
    Wire wire;
    auto reading = aio::create_task(wire.stream.read_exactly(10));
    wire.peer.send("half");
    co_await iterations();
    EXPECT_STORY(wire.story, reading.cancel(), true, "a read that waits cannot be asked to stop");
    co_await iterations();
    EXPECT_STORY(wire.story, reading.cancelled(), true,
                 reading.done() ? "the read goes on, and its await does not throw: cancel() notes "
                                  "in cancelled_ that it was asked to stop"
                                : "the read was asked to stop, and waits on: the task is not "
                                  "parked with the read, or cancel() wakes nobody");
    const std::string half = co_await wire.stream.read();
    EXPECT_STORY(wire.story, half, "half",
                 "what had come was lost with the read that was cancelled");
  }());
}

TEST(Step4_Wait, ACancelledReadMakesWayAtOnce) {
  tests::run_virtual([]() -> Coro<> {
    Wire wire;
    auto reading = aio::create_task(wire.stream.read());
    co_await iterations();
    EXPECT_STORY(wire.story, reading.cancel(), true, "a read that waits cannot be asked to stop");
    wire.peer.send("for the next");
    std::string next = "(refused)";
    try {
      next = co_await wire.stream.read();
    } catch (const InvalidStateError&) {
    }
    EXPECT_STORY(wire.story, next, "for the next",
                 "a read that was cancelled is still the stream's reader");
    co_await iterations();
    EXPECT_STORY(wire.story, reading.cancelled(), true,
                 "the read was asked to stop, and ended some other way");
  }());
}

// IO-12: the bytes have come, the task is queued, and then it is cancelled
TEST(Step4_Wait, ARequestToStopMayComeWithTheBytes) {
  if (tests::seed()) return;  // this task has to come before the reader that is woken
  tests::run_virtual([]() -> Coro<> {
    Wire wire;
    auto reading = aio::create_task(wire.stream.read());
    co_await iterations();
    wire.peer.send("late");
    co_await iterations(1);  // the loop has looked; the reader is queued behind this task
    EXPECT_STORY(wire.story, reading.cancel(), true,
                 "a read that is queued cannot be asked to stop any more");
    co_await iterations();
    EXPECT_STORY(wire.story, reading.cancelled(), true,
                 "the request was forgotten because bytes had come");
    const std::string late = co_await wire.stream.read();
    EXPECT_STORY(wire.story, late, "late", "the bytes went to a read that was cancelled");
  }());
}

// STRM-17
TEST(Step4_Wait, OneReaderAtATime) {
  tests::run_virtual([]() -> Coro<> {
    Wire wire;
    auto first = aio::create_task(wire.stream.read());
    co_await iterations();
    bool refused = false;
    try {
      co_await wire.stream.read();
    } catch (const InvalidStateError&) {
      refused = true;
    }
    EXPECT_STORY(wire.story, refused, true,
                 "a second reader is not refused: two tasks would share the bytes by chance");
    wire.peer.send("first");
    const std::string got = co_await soon(first);
    EXPECT_STORY(wire.story, got, "first",
                 "the read that was refused has taken the place of the first one");
  }());
}

// IO-10
TEST(Step6_End, AConnectionIsMadeOrRefused) {
  tests::run_virtual([]() -> Coro<> {
    std::optional<Listening> listening(std::in_place);
    const std::uint16_t port = listening->port();
    auto connecting = aio::create_task(aio::open_connection("127.0.0.1", port));
    co_await iterations(10);
    EXPECT_TRUE(connecting.done())
        << "Likely cause: the connection is made, and whoever connects is not told: an event that "
           "can be written, or is broken, ends connecting, and wakes connects_ (on_event())";
    if (!connecting.done()) {
      connecting.cancel();
      co_return;
    }
    Stream stream = co_await std::move(connecting);
    Peer peer = listening->accept();
    auto reading = aio::create_task(stream.read());
    co_await iterations();
    peer.send("hello");
    const std::string got = co_await reading;
    EXPECT_EQ(got, "hello")
        << "Likely cause: the bytes that have come are not given to the read that waits for them";
    listening.reset();
    const int error = co_await error_of(aio::open_connection("127.0.0.1", port));
    EXPECT_EQ(error, ECONNREFUSED)
        << "Likely cause: nobody tells whoever connects that this has failed: an event that can be "
           "written, or is broken, ends connecting (on_event())";
  }());
}

// ── step 12.5: write, keep, send on ──

TEST(Step5_Write, SendsAtOnce) {
  tests::run_virtual([]() -> Coro<> {
    Wire wire;
    wire.stream.write("hel");
    wire.story.step("write(\"hel\"), and the loop has not looked yet");
    const std::string first = wire.peer.take();
    EXPECT_STORY(wire.story, first, "hel", "write() keeps the bytes, and sends nothing itself");
    EXPECT_STORY(wire.story, wire.stream.unsent(), 0U,
                 "the bytes are sent, and are kept all the same: they will be sent again",
                 tests::LooksLike{std::size_t{3}, "keeps-what-was-sent"});
    if (first != "hel" || wire.stream.unsent() != 0) co_return;
    wire.stream.write("");
    wire.stream.write("lo");
    wire.story.step("write(\"\"), write(\"lo\")");
    EXPECT_STORY(wire.story, wire.peer.take(), "lo", "the next write() is not sent at once");
    co_return;
  }());
}

TEST(Step5_Write, SendsOnAfterAPart) {
  tests::run_virtual([]() -> Coro<> {
    Wire wire;
    tests::Weather weather;
    weather.send_cuts = {3};
    wire.stream.write("hello");
    wire.story.step("write(\"hello\"): the first send() takes three bytes");
    EXPECT_STORY(wire.story, wire.stream.unsent(), 0U,
                 "send() took a part, and the kernel has not said that it is full (EAGAIN): "
                 "there may be room for the rest",
                 Seen{std::size_t{2}, "sends-once"});
    co_return;
  }());
}

TEST(Step5_Write, AnInterruptedCallIsMadeAgain) {
  tests::run_virtual([]() -> Coro<> {
    Wire wire;
    tests::Weather weather;
    weather.interrupt_each = 3;
    weather.sends = 2;  // so the next call is the third
    wire.story.step("a signal arrives: send() gives -1, and errno is EINTR");
    without_failing(
        wire.story, [&] { wire.stream.write("hello"); },
        "EINTR means that a signal came in between, and send_some() calls fail(), as if the "
        "connection were broken");
    EXPECT_STORY(wire.story, wire.stream.unsent(), 0U,
                 "EINTR tells nothing about the room that there is: send again");
    co_return;
  }());
}

// TRN-01 IO-09
TEST(Step5_Write, KeepsWhatTheKernelDoesNotTake) {
  tests::run_virtual([]() -> Coro<> {
    Wire wire;
    tests::Story story;
    const std::string sent = pattern(1'000'000);
    wire.story.step("write() of 600,000 bytes, which is more than the kernel takes");
    const tests::Suspicion suspicion(
        "send_some() tries again when send() says EAGAIN, the kernel is full: nobody reads while "
        "it tries. Or flush() sends again what was sent already");
    wire.stream.write(std::string_view(sent).substr(0, 600'000));
    story.step("write() of 600,000 bytes; " + std::to_string(wire.stream.unsent()) + " wait");
    EXPECT_STORY(wire.story, wire.stream.unsent() > 0U, true,
                 "what the kernel does not take is not kept");
    wire.stream.write(std::string_view(sent).substr(600'000));
    story.step("write() of 400,000 more; " + std::to_string(wire.stream.unsent()) + " wait");
    const std::string got = co_await all_that_comes(wire.peer);
    story.step("the other side has read " + std::to_string(got.size()) + " bytes");
    EXPECT_STORY(story, got.size(), sent.size(),
                 got.size() > sent.size()
                     ? "bytes are sent again that were sent already: flush() takes what was sent "
                       "out of the buffer"
                     : "send() takes a part, and the rest is forgotten: it is kept, and an event "
                       "tells when there is room for it (flush(), which on_event() calls)");
    const std::string differs = difference(got, sent.substr(0, got.size()));
    EXPECT_STORY(story, differs, "nowhere", "bytes are sent in another order");
    EXPECT_STORY(wire.story, wire.stream.unsent(), 0U,
                 "everything was sent, and the count of what waits is wrong");
  }());
}

TEST(Step5_Write, NothingOvertakesWhatWaits) {
  tests::run_virtual([]() -> Coro<> {
    Wire wire;
    std::string sent = pattern(600'000);
    wire.stream.write(sent);
    std::string got = wire.peer.take();  // now the kernel has room, and bytes wait
    wire.story.step("write() of 600,000 bytes; the other side reads what has come, others wait");
    wire.stream.write("tail");
    wire.story.step("write(\"tail\"), and the other side reads all");
    sent += "tail";
    got += co_await all_that_comes(wire.peer);
    EXPECT_STORY(wire.story, got.size(), sent.size(),
                 got.size() > sent.size() ? "bytes are sent twice" : "bytes are lost");
    EXPECT_STORY(wire.story, difference(got, sent), "nowhere",
                 "\"tail\" overtook the bytes that wait: a write() may send only if none do");
  }());
}

// TRN-03
TEST(Step5_Write, DrainDoesNotPauseBelowTheMark) {
  tests::run_virtual([]() -> Coro<> {
    Wire wire;
    wire.stream.write("a few bytes");
    const auto others = std::make_shared<bool>(false);
    aio::running_loop().call_soon([others] { *others = true; });
    co_await wire.stream.drain();
    EXPECT_STORY(wire.story, *others, false, "drain() gave way although nothing was to be drained");
  }());
}

// TRN-04
TEST(Step5_Write, DrainPausesUntilTheLowMark) {
  tests::run_virtual([]() -> Coro<> {
    Wire wire(StreamOptions(), true);
    wire.stream.write(pattern(200'000));
    wire.story.step("write() of 200,000 bytes; " + std::to_string(wire.stream.unsent()) +
                    " wait, and so do two tasks, in drain()");
    auto one = aio::create_task(wire.stream.drain());
    auto two = aio::create_task(wire.stream.drain());
    co_await iterations();
    EXPECT_STORY(wire.story, one.done(), false,
                 "drain() does not wait although more bytes do than the high mark allows");
    for (int i = 0; i < 1000 && !one.done() && wire.stream.unsent() > 0; ++i) {
      wire.peer.take(1000);
      co_await iterations(3);
    }
    const std::size_t left = wire.stream.unsent();
    wire.story.step("the other side reads; when " + std::to_string(left) + " bytes wait, " +
                    (one.done() ? "drain() goes on" : "drain() still waits"));
    EXPECT_STORY(wire.story, one.done(), true,
                 "everything is sent, and nobody has woken those who drain: that is what "
                 "wake_drained() is for");
    EXPECT_STORY(wire.story, one.done(), two.done(), "of two who drain one goes on");
    EXPECT_STORY(wire.story, left <= 16 * 1024, true,
                 "drain() goes on too early: it waits until no more than the low mark, 16 KB, are "
                 "left");
    EXPECT_STORY(wire.story, left > 0, true,
                 "drain() goes on too late: the low mark, 16 KB, is enough");
  }());
}

TEST(Step5_Write, WithALowMarkOfZeroItDrainsAll) {
  tests::run_virtual([]() -> Coro<> {
    Wire wire;
    wire.stream.set_write_limits(0, 0);
    wire.stream.write(pattern(600'000));
    auto draining = aio::create_task(wire.stream.drain());
    wire.story.step("both marks are 0; a write() of 600,000 bytes, and the other side reads all");
    co_await all_that_comes(wire.peer);
    EXPECT_STORY(wire.story, draining.done(), true,
                 "no byte waits, which is no more than the low mark of 0, and drain() waits on",
                 tests::LooksLike{false, "less-than-the-low-mark"});
    draining.cancel();
  }());
}

TEST(Step5_Write, WriteAllPausesUntilEverythingIsSent) {
  tests::run_virtual([]() -> Coro<> {
    Wire wire;
    const std::string sent = pattern(600'000);
    auto writing = aio::create_task([](Stream& stream, const std::string& all) -> Coro<> {
      co_await stream.write_all(all);
    }(wire.stream, sent));
    co_await iterations();
    wire.story.step("write_all() of 600,000 bytes; " + std::to_string(wire.stream.unsent()) +
                    " wait");
    EXPECT_STORY(wire.story, writing.done(), false, "bytes wait, and write_all() does not");
    const std::string got = co_await all_that_comes(wire.peer);
    EXPECT_STORY(wire.story, writing.done(), true,
                 "everything is sent, and nobody wakes write_all(): it waits in flushes_");
    EXPECT_STORY(wire.story, got.size(), sent.size(), "bytes are lost, or sent twice");
  }());
}

// The loop is idle, and a flush wakes nobody: that is no deadlock.
TEST(Step5_Write, SendsOnWhileTheOtherSideWaits) {
  tests::run_virtual([]() -> Coro<> {
    auto [here, there] = socket_pair();
    Stream writer = Stream::adopt(std::move(here)), reader = Stream::adopt(std::move(there));
    std::string sent(200, 'x');
    sent.back() = '\n';
    for (int i = 0; i < 1000; ++i) writer.write(sent);
    EXPECT_GT(writer.unsent(), 0U) << "Likely cause: what the kernel does not take is not kept";
    int lines = 0;
    while (lines < 1000) {
      const std::string line = co_await reader.read_line();
      EXPECT_EQ(line.size(), 200U) << "Likely cause: a line is cut";
      if (line.empty()) break;
      ++lines;
    }
    EXPECT_EQ(lines, 1000) << "Likely cause: flush() does not send on when there is room again";
  }());
}

// ── step 12.6: ends ──

/// What a task throws, which has all it needs; -1 if it still waits.
template <class Task>
Coro<int> error_soon(Task task) {
  co_await iterations(10);
  if (task.done()) co_return co_await error_of(task);
  task.cancel();
  co_return -1;
}

/// What a read gives, or that it fails.
Coro<std::string> last_words(Stream& stream) {
  try {
    co_return co_await stream.read();
  } catch (const std::system_error&) {
    co_return "(an error)";
  }
}

// TRN-07
TEST(Step6_End, HalfCloseComesAfterTheBytes) {
  tests::run_virtual([]() -> Coro<> {
    Wire wire;
    tests::Story story;
    const std::string sent = pattern(600'000);
    wire.stream.write(sent);
    wire.stream.write_eof();
    wire.stream.write_eof();
    story.step("write() of 600,000 bytes, write_eof()");
    const std::string got = co_await all_that_comes(wire.peer);
    story.step("the other side reads to the end");
    EXPECT_STORY(story, got.size(), sent.size(),
                 "the end is sent before the bytes that wait: finish_output() is for the time when "
                 "nothing waits any more");
    if (got.size() != sent.size()) co_return;
    EXPECT_STORY(wire.story, wire.peer.ended(), true,
                 "everything is sent, and the other side is not told that this is the end: flush() "
                 "calls finish_output() when the last byte is out",
                 tests::LooksLike{false, "the-last-byte-ends-nothing"});
    if (!wire.peer.ended()) co_return;
    EXPECT_THROW(wire.stream.write("more"), InvalidStateError)
        << "Likely cause: write() does not refuse after write_eof()";
    wire.peer.send("answer");
    const std::string answer = co_await wire.stream.read();
    EXPECT_STORY(wire.story, answer, "answer", "write_eof() has ended the other direction, too");
  }());
}

TEST(Step6_End, HalfCloseOfAnIdleStreamIsAtOnce) {
  tests::run_virtual([]() -> Coro<> {
    Wire wire;
    wire.stream.write("bye");
    wire.stream.write_eof();
    EXPECT_STORY(wire.story, wire.peer.take(), "bye", "what was written before the end is lost");
    EXPECT_STORY(wire.story, wire.peer.ended(), true,
                 "nothing waits to be sent, so no flush() will come that could send the end: then "
                 "write_eof() does it at once");
    EXPECT_STORY(wire.story, wire.stream.is_closing(), false,
                 "write_eof() has closed the stream: only one direction ends");
    co_return;
  }());
}

TEST(Step6_End, CloseSendsWhatIsLeft) {
  const tests::Suspicion crash(
      "close() does its work a second time: closing_ says whether it has been called before");
  const std::size_t before = tests::open_descriptors();
  tests::run_virtual([]() -> Coro<> {
    const std::string sent = pattern(600'000);
    tests::Story story;
    std::optional<Wire> wire(std::in_place);
    Peer peer = std::move(wire->peer);
    wire->stream.write(sent);
    wire->stream.close();
    story.step("write() of 600,000 bytes, close(); " + std::to_string(wire->stream.unsent()) +
               " bytes wait");
    EXPECT_STORY(story, wire->stream.unsent() > 0, true, "close() drops what waits");
    EXPECT_STORY(story, wire->stream.is_closing(), true,
                 "nobody notes in closing_ that close() was called");
    wire->stream.close();
    wire.reset();
    story.step("close() once more, and the Stream goes; the other side reads all");
    const std::string got = co_await all_that_comes(peer);
    EXPECT_STORY(story, got.size(), sent.size(),
                 "the state goes with its Stream, and what waits is lost: close() keeps the state "
                 "alive while it sends (self_)",
                 tests::LooksLike{got.size(), "goes-with-its-handle"});
    EXPECT_STORY(story, peer.ended(), true, "everything is sent, and the descriptor is still open");
  }());
  EXPECT_EQ(tests::open_descriptors(), before) << "Likely cause: the descriptor is still open";
}

TEST(Step6_End, AbortComesBeforeWhatACloseLeft) {
  tests::run_virtual([]() -> Coro<> {
    Wire wire;
    wire.stream.write(pattern(600'000));
    wire.stream.close();
    wire.stream.abort();
    wire.story.step("write() of 600,000 bytes, close(), abort()");
    EXPECT_STORY(wire.story, wire.stream.fd(), -1,
                 "close() still sends what was left, and abort() lets it: it ends that, too");
    co_return;
  }());
}

TEST(Step6_End, CloseEndsAReadThatWaits) {
  tests::run_virtual([]() -> Coro<> {
    for (const std::size_t unsent : {0U, 600'000U}) {
      Wire wire;
      wire.stream.write(pattern(unsent));
      auto reading = aio::create_task(wire.stream.read());
      co_await iterations();
      wire.stream.close();
      wire.story.step("a read waits; close()" +
                      std::string(unsent > 0 ? ", while bytes wait to be sent" : ""));
      const std::string end = co_await soon(reading);
      EXPECT_STORY(wire.story, end, "",
                   "the stream is closed, and nobody tells the read that waits: reading ends at "
                   "once, whatever has to be sent",
                   tests::LooksLike{std::string("(it still waits)"), "close-lets-the-read-wait"});
      wire.stream.abort();
    }
    Wire wire;
    wire.stream.close();
    co_await wire.stream.wait_closed();
    EXPECT_STORY(wire.story, wire.stream.fd(), -1, "the descriptor is still open");
  }());
}

// TRN-10
TEST(Step6_End, AbortIsAtOnceAndTheOtherSideKnows) {
  tests::run_virtual([]() -> Coro<> {
    Listening listening;
    Stream stream = co_await aio::open_connection("127.0.0.1", listening.port());
    Peer peer = listening.accept();
    stream.write(std::string(much, 'x'));
    stream.abort();
    EXPECT_EQ(stream.fd(), -1) << "Likely cause: abort() leaves the descriptor open";
    EXPECT_EQ(stream.unsent(), 0U) << "Likely cause: abort() keeps bytes that it will never send";
    for (int idle = 0; idle < 2 && peer.error() == 0 && !peer.ended();) {
      peer.wait();
      idle = peer.take().empty() ? idle + 1 : 0;
    }
    EXPECT_EQ(peer.error(), ECONNRESET)
        << "Likely cause: the other side takes this for a proper end, with everything sent: it is "
           "told by RST, which SO_LINGER with a time of zero makes the kernel send";
  }());
}

// TRN-06
TEST(Step6_End, AnErrorIsForEverybodyFromThenOn) {
  tests::run_virtual(
      []() -> Coro<> {
        Listening listening;
        Stream stream = co_await aio::open_connection("127.0.0.1", listening.port());
        Peer peer = listening.accept();
        auto reading = aio::create_task(stream.read());
        stream.write(std::string(much, 'x'));
        auto draining = aio::create_task(stream.drain());
        co_await iterations();
        peer.reset();
        const int read_error = co_await error_soon(reading);
        EXPECT_EQ(read_error, ECONNRESET)
            << "Likely cause: the read that waits does not hear of the reset"
            << (read_error == 0 ? ": it is told that the stream has ended" : "");
        const int drain_error = co_await error_soon(draining);
        EXPECT_EQ(drain_error, ECONNRESET)
            << "Likely cause: the drain() that waits does not hear of the reset: fail() shuts the "
               "state down, which wakes everybody";
        if (drain_error != ECONNRESET) co_return;
        const int again = co_await error_of(stream.read());
        EXPECT_EQ(again, ECONNRESET)
            << "Likely cause: a read after the error waits for bytes that cannot come";
        stream.write("dropped");
        const int later = co_await error_of(stream.drain());
        EXPECT_EQ(later, ECONNRESET)
            << "Likely cause: a loop of write() and drain() would never end";
        EXPECT_EQ(stream.fd(), -1)
            << "Likely cause: the descriptor of a connection that failed is kept";
      }());
}

// An upload that is refused: the answer has come, and the other side takes no more
TEST(Step6_End, WhatHadComeBeforeAFailureIsRead) {
  const tests::BrokenPipes spared;  // whether it is raised is another test's question
  tests::run_virtual([]() -> Coro<> {
    Wire wire;
    wire.peer.send("413 too large");
    const std::string code = co_await wire.stream.read(3);
    wire.peer.close();
    wire.story.step("write(), which fails: nobody is there");
    wire.stream.write("to nobody");
    EXPECT_STORY(wire.story, wire.stream.unsent(), 0U,
                 "send() has failed, and what it did not take is kept: nobody can send it",
                 tests::LooksLike{std::size_t{9}, "keeps-what-nobody-can-send"});
    const int error = co_await error_of(wire.stream.drain());
    EXPECT_STORY(wire.story, error, EPIPE, "the error of send() is not kept for whoever asks");
    const std::string rest = co_await last_words(wire.stream);
    EXPECT_STORY(wire.story, code + rest, "413 too large",
                 "what had come in before the connection failed can still be read; the error comes "
                 "after it",
                 Seen{std::string("413(an error)"), "hides-what-had-come"});
    const std::string after = co_await last_words(wire.stream);
    EXPECT_STORY(wire.story, after, "(an error)", "a broken connection is taken for an end");
  }());
}

TEST(Step6_End, WhoeverWaitsForTheEndHearsOfAFailure) {
  const tests::BrokenPipes spared;
  tests::run_virtual([]() -> Coro<> {
    Wire wire;
    auto closed = aio::create_task(error_of(wire.stream.wait_closed()));
    co_await iterations();
    wire.peer.close();
    wire.story.step("write(), which fails: nobody is there");
    wire.stream.write("to nobody");
    co_await iterations(10);
    EXPECT_STORY(wire.story, closed.done(), true,
                 "the error is noted, and the descriptor is still open: whoever waits for its end "
                 "waits on",
                 Seen{false, "nobody-hears-of-the-failure"});
    closed.cancel();
  }());
}

TEST(Step6_End, WhatACloseLeftEndsWithTheLoop) {
  const std::size_t before = tests::open_descriptors();
  {
    std::optional<Peer> peer;
    tests::run_virtual([](std::optional<Peer>& there) -> Coro<> {
      Wire wire;
      there.emplace(std::move(wire.peer));
      wire.stream.write(pattern(600'000));
      wire.stream.close();
      co_return;
    }(peer));
  }
  EXPECT_EQ(tests::open_descriptors(), before)
      << "Likely cause: the loop has ended, and the state that close() keeps alive still has its "
         "descriptor: it is to be a resident of the loop (admit()), which tells it to go";
}

TEST(Step6_End, WhoeverWritesOnToNobodyIsReported) {
  tests::run_virtual([]() -> Coro<> {
    const Reports reports;
    Wire wire;
    wire.stream.abort();
    for (int i = 0; i < 6; ++i) wire.stream.write("to nobody");
    wire.story.step("abort(), and six times write()");
    EXPECT_STORY(wire.story, reports.count, 2,
                 "whoever writes on and on to a connection that is gone never looks at drain(): "
                 "write() lets dropped_writes_ take note",
                 Seen{0, "writes-to-nobody-in-silence"});
    co_return;
  }());
}

// TRN-08
TEST(Step6_End, WhatIsWrittenAfterCloseComesBehind) {
  tests::run_virtual([]() -> Coro<> {
    Wire wire;
    const std::string sent = pattern(600'000);
    wire.stream.write(sent);
    wire.stream.close();
    wire.stream.write("tail");
    wire.story.step("write() of 600,000 bytes, close(), write() of 4 more");
    const std::string got = co_await all_that_comes(wire.peer);
    EXPECT_STORY(wire.story, got.size(), sent.size() + 4,
                 "while the connection is there, what is written is sent, also after close()",
                 Seen{sent.size(), "what-comes-after-close-is-dropped"});
  }());
}

TEST(Step6_End, ABrokenPipeIsAnErrorNotASignal) {
  const tests::BrokenPipes broken_pipes;
  tests::run_virtual([]() -> Coro<> {
    Wire wire;
    wire.peer.close();
    wire.stream.write("to nobody");
    const int error = co_await error_of(wire.stream.drain());
    EXPECT_STORY(wire.story, error, EPIPE, "the error of send() is not kept for whoever asks");
  }());
  EXPECT_EQ(broken_pipes.count(), 0)
      << "Likely cause: send() without MSG_NOSIGNAL kills the program";
}

// ── step 12.7: accept ──

Coro<> echo(Stream stream) {
  while (true) {
    const std::string data = co_await stream.read();
    if (data.empty()) co_return;
    co_await stream.write_all(data);
  }
}

/// Sends a text, and gives what comes back.
Coro<std::string> answer_to(Stream& client, std::string text) {
  client.write(text);
  const std::string back = co_await client.read();
  co_return back;
}

// SRV-01
TEST(Step7_Accept, EverybodyGetsATaskOfTheirOwn) {
  tests::run_virtual([]() -> Coro<> {
    Server server = co_await aio::start_server(echo, "127.0.0.1", 0);
    Stream silent = co_await aio::open_connection("127.0.0.1", server.port());
    Stream client = co_await aio::open_connection("127.0.0.1", server.port());
    const tests::Suspicion suspicion(
        "a read that finds nothing keeps the whole loop: accept4() makes a socket that does not "
        "block when it is given SOCK_NONBLOCK. Or run() goes on when nobody waits any more");
    const std::string one = co_await answer_to(client, "one");
    EXPECT_EQ(one, "one") << "Likely cause: the server waits for the first client, who is silent";
    const std::string two = co_await answer_to(silent, "two");
    EXPECT_EQ(two, "two") << "Likely cause: the first client is not served any more";
    EXPECT_EQ(server.connections(), 2U)
        << "Likely cause: both are connected, and serve() does not keep account of them "
           "(connections_)";
  }());
}

TEST(Step7_Accept, WhatIsAcceptedIsForThisProcessOnly) {
  int of_descriptor = 0, of_file = 0;
  const auto look = [&](Stream stream) -> Coro<> {
    of_descriptor = ::fcntl(stream.fd(), F_GETFD);
    of_file = ::fcntl(stream.fd(), F_GETFL);
    co_return;
  };
  tests::run_virtual([](auto handler) -> Coro<> {
    Server server = co_await aio::start_server(handler, "127.0.0.1", 0);
    const Peer client = client_of(server.port());
    co_await iterations(10);
    EXPECT_EQ(server.connections(), 0U)
        << "Likely cause: the handler has ended, and its connection still counts: nobody closes "
           "it, or the server, its keeper, is not told (set_keeper())";
  }(look));
  EXPECT_TRUE(of_descriptor & FD_CLOEXEC)
      << "Likely cause: programs that this one starts keep the connection";
  EXPECT_TRUE(of_file & O_NONBLOCK)
      << "Likely cause: a read that finds nothing keeps the whole loop";
}

TEST(Step7_Accept, TheirStreamsHaveTheServersOptions) {
  std::string heard = "nothing";
  const auto reads = [&](Stream stream) -> Coro<> {
    try {
      heard = co_await stream.read_line();
    } catch (const LimitOverrunError&) {
      heard = "too long";
    }
  };
  tests::run_virtual([](auto handler) -> Coro<> {
    ServerOptions options;
    options.stream.limit = 4;
    Server server = co_await aio::start_server(handler, "127.0.0.1", 0, options);
    Peer client = client_of(server.port());
    client.send("longer than four\n");
    co_await iterations(10);
  }(reads));
  EXPECT_EQ(heard, "too long")
      << "Likely cause: serve() makes the stream without the options of the server, "
         "options_.stream: here, a limit of 4 for a line";
}

TEST(Step7_Accept, TheServerKnowsItsConnections) {
  tests::run_virtual([]() -> Coro<> {
    Server server = co_await aio::start_server(echo, "127.0.0.1", 0);
    Stream client = co_await aio::open_connection("127.0.0.1", server.port());
    const std::string one = co_await answer_to(client, "one");
    EXPECT_EQ(one, "one") << "Likely cause: the client is not served";
    auto ending = aio::create_task(error_of(client.read()));
    server.abort_clients();
    co_await iterations(10);
    EXPECT_TRUE(ending.done())
        << "Likely cause: a connection that the server does not know cannot be aborted: serve() "
           "puts it into streams_";
    EXPECT_EQ(server.connections(), 0U)
        << "Likely cause: a connection that was aborted still counts";
    ending.cancel();
  }());
}

// The kernel says once that somebody waits
TEST(Step7_Accept, AllWhoWaitAreAccepted) {
  tests::run_virtual([]() -> Coro<> {
    Server server = co_await aio::start_server(echo, "127.0.0.1", 0);
    std::vector<Peer> clients;
    for (int i = 0; i < 20; ++i) clients.push_back(client_of(server.port()));
    co_await iterations(10);
    EXPECT_EQ(server.connections(), 20U)
        << "Likely cause: the kernel reports a crowd once, not each of them";
  }());
}

TEST(Step7_Accept, ACrowdDoesNotKeepTheLoop) {
  tests::run_virtual([]() -> Coro<> {
    ServerOptions options;
    options.backlog = 3;
    Server server = co_await aio::start_server(echo, "127.0.0.1", 0, options);
    tests::Story story;
    std::vector<Peer> clients;
    for (int i = 0; i < 4; ++i) clients.push_back(client_of(server.port()));
    story.step("four clients wait, the backlog is 3");
    std::size_t before = 0;
    for (int i = 0; i < 10; ++i) {
      co_await iterations(1);
      if (server.connections() != before) story.ran(std::to_string(server.connections()));
      before = server.connections();
    }
    EXPECT_STORY(story, story.order(), "3 4",
                 story.order() == "3" ? "after a backlog, nobody goes on with those who are left"
                                      : "more than the backlog are accepted in one turn",
                 Seen{std::string("4"), "accepts-without-end"});
  }());
}

TEST(Step7_Accept, BeyondTheLimitTheKernelKeepsThem) {
  tests::run_virtual([]() -> Coro<> {
    Server server = co_await aio::start_server(echo, "127.0.0.1", 0, ServerOptions(2));
    std::vector<Stream> clients;
    for (int i = 0; i < 3; ++i) {
      clients.push_back(co_await aio::open_connection("127.0.0.1", server.port()));
    }
    co_await iterations(10);
    EXPECT_EQ(server.connections(), 2U)
        << "Likely cause: more are accepted than the limit on connections allows";
    clients.erase(clients.begin());
    const std::string third = co_await answer_to(clients.back(), "third");
    EXPECT_EQ(third, "third") << "Likely cause: there was room, and nobody let them in";
    EXPECT_EQ(server.connections(), 2U) << "Likely cause: the one who has left still counts";
  }());
}

Coro<> fails_on_bad_lines(Stream stream) {
  while (true) {
    const std::string text = co_await stream.read_line();
    if (text.empty()) co_return;
    if (text == "bad\n") throw std::runtime_error("a bad line");
    co_await stream.write_all(text);
  }
}

TEST(Step7_Accept, AHandlerThatFailsEndsOnlyItsConnection) {
  tests::run_virtual(
      []() -> Coro<> {
        const Reports reports;
        Server server = co_await aio::start_server(fails_on_bad_lines, "127.0.0.1", 0);
        Stream good = co_await aio::open_connection("127.0.0.1", server.port());
        Stream bad = co_await aio::open_connection("127.0.0.1", server.port());
        const std::string end = co_await answer_to(bad, "bad\n");
        EXPECT_EQ(end, "") << "Likely cause: the connection of a handler that failed stays open";
        co_await iterations();
        EXPECT_EQ(reports.messages, std::vector<std::string>{"a bad line"})
            << "Likely cause: a handler that fails is reported once; here it is not, or more often";
        const std::string still = co_await answer_to(good, "good\n");
        EXPECT_EQ(still, "good\n")
            << "Likely cause: another handler's failure has ended this connection";
        Stream later = co_await aio::open_connection("127.0.0.1", server.port());
        const std::string served = co_await answer_to(later, "later\n");
        EXPECT_EQ(served, "later\n")
            << "Likely cause: one handler's failure has stopped the server";
      }());
}

// What the handler has kept of its stream does not keep the connection
TEST(Step7_Accept, AHandlerMayFailWithTheStreamElsewhere) {
  std::optional<Stream> whose;  // longer than any handler
  tests::run_virtual([](std::optional<Stream>& kept) -> Coro<> {
    const Reports reports;
    Server server = co_await aio::start_server(
        [&kept](Stream stream) -> Coro<> {
          kept.emplace(std::move(stream));
          throw std::runtime_error("after it gave the stream away");
          co_return;
        },
        "127.0.0.1", 0);
    Stream client = co_await aio::open_connection("127.0.0.1", server.port());
    const std::string end = co_await soon(aio::create_task(client.read()));
    EXPECT_EQ(end, "")
        << "Likely cause: the handler has failed, and whoever kept its stream keeps the connection";
    EXPECT_EQ(reports.count, 1)
        << "Likely cause: a handler that fails is reported once; here it is not, or more often";
  }(whose));
}

TEST(Step7_Accept, AHandlerThatIsCancelledHasNotFailed) {
  int reports = 0;
  tests::run_virtual([](int& count) -> Coro<> {
    aio::running_loop().set_exception_handler([&count](const aio::ExceptionContext&) { ++count; });
    Server server = co_await aio::start_server(echo, "127.0.0.1", 0);
    Stream client = co_await aio::open_connection("127.0.0.1", server.port());
    const std::string one = co_await answer_to(client, "one");
    EXPECT_EQ(one, "one")
        << "Likely cause: the client is not served";  // the handler waits for more; the end of the
                                                      // loop cancels it
    auto stay = std::make_shared<Stream>(std::move(client));
    aio::running_loop().call_later(std::chrono::hours(1), [stay] {});  // so that it sees no end
  }(reports));
  EXPECT_EQ(reports, 0)
      << "Likely cause: a request to stop is reported as a failure of the handler";
}

TEST(Step7_Accept, AHandlerThatIsCancelledEndsItsConnection) {
  std::optional<Stream> whose;
  tests::run_virtual([](std::optional<Stream>& kept) -> Coro<> {
    const auto give_away = [&kept](Stream stream) -> Coro<> {
      kept.emplace(std::move(stream));
      throw aio::CancelledError();
      co_return;
    };
    Server server = co_await aio::start_server(give_away, "127.0.0.1", 0);
    Stream client = co_await aio::open_connection("127.0.0.1", server.port());
    const std::string end = co_await soon(aio::create_task(client.read()));
    EXPECT_EQ(end, "")
        << "Likely cause: the handler was cancelled, and nobody has closed its connection";
  }(whose));
}

TEST(Step7_Accept, HandlersHearThatTheServerStops) {
  tests::Story story;
  std::string told = "nothing";
  const auto waits = [&](Stream stream) -> Coro<> {
    try {
      co_await stream.read();
    } catch (const aio::CancelledError&) {
      told = "to stop";
      throw;
    }
  };
  tests::run_virtual([](tests::Story& s, auto handler) -> Coro<> {
    Server server = co_await aio::start_server(handler, "127.0.0.1", 0);
    const Peer client = client_of(server.port());
    auto serving = aio::create_task(server.serve_forever());
    co_await iterations(10);
    s.step("a client is served, and silent; serve_forever() is cancelled");
    serving.cancel();
    co_await iterations(10);
  }(story, waits));
  EXPECT_STORY(
      story, told, "to stop",
      "the server does not know that this handler runs, and cannot tell it: handle() holds "
      "a Serving as long as it runs",
      tests::LooksLike{std::string("nothing"), "the-handlers-are-not-told"});
}

// What ends the program does not end at a handler
TEST(Step7_Accept, AFatalErrorIsNotForTheServer) {
  struct Stop : aio::FatalError {};
  const auto fails = [](Stream) -> Coro<> {
    throw Stop();
    co_return;
  };
  const auto serve = [](auto handler) -> Coro<> {
    aio::running_loop().set_exception_handler([](const aio::ExceptionContext&) {});
    Server server = co_await aio::start_server(handler, "127.0.0.1", 0);
    const Peer client = client_of(server.port());
    co_await iterations(10);
  };
  EXPECT_THROW(tests::run_virtual(serve(fails)), Stop)
      << "Likely cause: a FatalError was reported, and the program goes on";
}

// ── step 12.8: nobody can be accepted ──

/// As answer_to(), for a bare client.
Coro<std::string> bare_answer_to(Peer& client, std::string text) {
  client.send(text);
  std::string back;
  for (int i = 0; i < 20 && back.empty(); ++i) {
    co_await iterations(1);
    back = client.take();
  }
  co_return back;
}

TEST(Step8_Refused, WithoutDescriptorsItTriesAgainInASecond) {
  aio::VirtualClock clock;
  tests::Story story(clock);
  tests::run_virtual(
      [](tests::Story& told) -> Coro<> {
        Server server = co_await aio::start_server(echo, "127.0.0.1", 0);
        Reports reports;
        Peer client = client_of(server.port());
        auto few = std::make_unique<tests::DescriptorLimit>(0);
        told.step("a client waits, and there is no descriptor");
        co_await iterations(50);
        const int count = reports.count;
        few.reset();
        told.step("50 iterations, " + std::to_string(count) +
                  " reports; then there are descriptors");
        EXPECT_STORY(told, count, 1,
                     count == 0 ? "nobody is told: without descriptors refused() goes to "
                                  "back_off(), which reports"
                     : count > 9
                         ? "it tries again at once"
                         : "it backs off, and goes on accepting all the same: then refused() "
                           "returns false",
                     Seen{count > 9 ? count : -1, "spins-without-descriptors"},
                     Seen{count == 2 ? count : -1, "goes-on-though-nobody-can-be-accepted"});
        EXPECT_STORY(told, reports.code, EMFILE, "the report carries the error of accept4()");
        co_await aio::sleep(std::chrono::milliseconds(900));
        EXPECT_STORY(told, server.connections(), 0U, "it did not wait for a second");
        co_await aio::sleep(std::chrono::milliseconds(200));
        const std::string back = co_await bare_answer_to(client, "hello");
        EXPECT_STORY(told, back, "hello", "the server has forgotten who waits");
        EXPECT_STORY(told, reports.count, count,
                     "it went on reporting although there are descriptors");
      }(story),
      clock);
}

// Those who left before they were accepted are nobody's fault
TEST(Step8_Refused, WhoHasLeftDoesNotKeepTheOthersWaiting) {
  aio::VirtualClock clock;
  tests::Story story(clock);
  tests::run_virtual(
      [](tests::Story& told) -> Coro<> {
        Server server = co_await aio::start_server(echo, "127.0.0.1", 0);
        Reports reports;
        tests::Weather weather;
        const std::vector<int> errors = {ECONNABORTED, EINTR,    EPROTO,
                                         EHOSTUNREACH, ENETDOWN, EPERM};
        for (const int error : errors) {
          weather.accept_errors = {error};
          Peer client = client_of(server.port());
          told.step("one has left (" + std::generic_category().message(error) + "), one waits");
          const std::string back = co_await bare_answer_to(client, "hello");
          EXPECT_STORY(told, back, "hello", "no more are accepted after somebody has left",
                       tests::LooksLike{std::string(), "everybody-waits-for-one-who-left"});
          if (back.empty()) co_return;  // one is enough
        }
        EXPECT_STORY(told, reports.count, 0, "it is no failure of the server when a client leaves");
      }(story),
      clock);
}

TEST(Step8_Refused, ItTriesAsOftenAsItMust) {
  aio::VirtualClock clock;
  tests::run_virtual(
      []() -> Coro<> {
        Server server = co_await aio::start_server(echo, "127.0.0.1", 0);
        Reports reports;
        Peer client = client_of(server.port());
        auto few = std::make_unique<tests::DescriptorLimit>(0);
        co_await iterations(50);
        EXPECT_EQ(reports.count, 1) << "Likely cause: it tries again at once, or does not report";
        if (reports.count != 1) co_return;  // it may spin: then time stands still
        co_await aio::sleep(std::chrono::milliseconds(3500));
        EXPECT_EQ(reports.count, 4) << "Likely cause: now, and after one, two and three seconds: "
                                       "back_off() sets no second timer";
        few.reset();
        co_await aio::sleep(std::chrono::seconds(1));
        const std::string back = co_await bare_answer_to(client, "hello");
        EXPECT_EQ(back, "hello") << "Likely cause: the server has forgotten who waits";
      }(),
      clock);
}

// The report comes last: after it there may be no server
TEST(Step8_Refused, WhoIsToldMayCloseTheServer) {
  aio::VirtualClock clock;
  const auto began = clock.now();
  const auto waits_for_ever = []() -> Coro<> {
    std::optional<Server> server(co_await aio::start_server(echo, "127.0.0.1", 0));
    aio::running_loop().set_exception_handler(
        [&server](const aio::ExceptionContext&) { server.reset(); });
    const Peer client = client_of(server->port());
    const tests::DescriptorLimit few(0);
    co_await aio::Future<>();
  };
  const tests::Suspicion crash(
      "whoever gets the report closes the server, and its listener goes: set the timer first, "
      "report last, and use the listener no more");
  EXPECT_THROW(tests::run_virtual(waits_for_ever(), clock), aio::DeadlockError)
      << "Likely cause: whoever closes the server in its report leaves nothing to wait for";
  EXPECT_EQ(clock.now(), began) << "Likely cause: a server that is gone wants to try again: report "
                                   "last, or look whether you are still open";
}

TEST(Step8_Refused, AServerThatIsClosedTriesNoMore) {
  tests::run_virtual([]() -> Coro<> {
    std::optional<Server> server(co_await aio::start_server(echo, "127.0.0.1", 0));
    Reports reports;
    const Peer client = client_of(server->port());
    const tests::DescriptorLimit few(0);
    co_await iterations(5);
    EXPECT_EQ(reports.count, 1) << "Likely cause: it tries again at once, or does not report";
    server.reset();
    co_await aio::sleep(std::chrono::seconds(5));
    EXPECT_EQ(reports.count, 1) << "Likely cause: the timer of a closed server is still armed";
  }());
}

}  // namespace
