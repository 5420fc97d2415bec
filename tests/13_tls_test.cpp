// Lesson 13: streams under TLS, over socketpairs and on virtual time.

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <aio/gather.hpp>
#include <aio/stream.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/syscall.hpp>
#include <aio/task.hpp>
#include <http/tls.hpp>

#include "support/certificates.hpp"
#include "support/error_of.hpp"
#include "support/pattern.hpp"
#include "support/run_virtual.hpp"

namespace {

using namespace std::chrono_literals;
using aio::Coro, aio::UniqueFd;
using http::tls::Context, http::tls::Reason, http::tls::start_tls;

struct Pair {
  Pair() {
    int fds[2];
    aio::check_syscall("socketpair",
                       ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds));
    UniqueFd one(fds[0]), other(fds[1]);
    client.emplace(aio::Stream::adopt(std::move(one)));
    server.emplace(aio::Stream::adopt(std::move(other)));
  }
  std::optional<aio::Stream> client, server;
};

/// Made once: keys take a while.
const tests::Authority& authority() {
  static const tests::Authority made;
  return made;
}

Context server_context(const tests::CertificateFiles& files) {
  return Context::server(files.certificate, files.key);
}

const Context& server_of_localhost() {
  static const Context made = server_context(authority().issue("localhost"));
  return made;
}

Context client_context() {
  return Context::client(http::tls::ClientOptions(authority().certificate()));
}

/// Both ends of a connection under TLS.
struct Ends {
  http::tls::Stream client, server;
};

Coro<Ends> secured(Context client, Context server) {
  Pair pair;
  auto serving = aio::create_task(start_tls(std::move(*pair.server), server));
  http::tls::Stream near = co_await start_tls(std::move(*pair.client), client, "localhost");
  http::tls::Stream far = co_await std::move(serving);
  co_return Ends{std::move(near), std::move(far)};
}

Coro<Ends> secured() {
  const Context client = client_context();
  co_return co_await secured(client, server_of_localhost());
}

/// How a handshake ends: with a reason, or with nothing when both sides agree.
Coro<std::optional<Reason>> reason_of(Coro<http::tls::Stream> handshake) {
  try {
    auto stream = co_await std::move(handshake);
    stream.abort();
    co_return std::nullopt;
  } catch (const http::tls::Error& error) {
    co_return error.reason;
  }
}

/// What a client that trusts the authority, and the server, say when they meet.
struct Verdicts {
  std::optional<Reason> client, server;
};

Coro<Verdicts> meet(Context server, std::string host) {
  Pair pair;
  auto serving = aio::create_task(reason_of(start_tls(std::move(*pair.server), std::move(server))));
  Verdicts verdicts;
  const Context client = client_context();
  verdicts.client = co_await reason_of(start_tls(std::move(*pair.client), client, host));
  verdicts.server = co_await serving;
  co_return verdicts;
}

TEST(Tls, CarriesBytesBothWays) {
  tests::run_virtual([]() -> Coro<> {
    Ends ends = co_await secured();
    ends.client.write("ping\nrest");
    EXPECT_EQ(co_await ends.server.read_line(), "ping\n");
    EXPECT_EQ(co_await ends.server.read_exactly(4), "rest");
    co_await ends.server.write_all("a;b;");
    EXPECT_EQ(co_await ends.client.read_until(";"), "a;");
    EXPECT_EQ(co_await ends.client.read(), "b;");
  }());
}

TEST(Tls, AgreesOnTheNewestVersionAndOnHttp) {
  tests::run_virtual([]() -> Coro<> {
    Ends ends = co_await secured();
    EXPECT_EQ(ends.client.version(), "TLSv1.3");
    EXPECT_EQ(ends.client.protocol(), "http/1.1");
    EXPECT_EQ(ends.server.protocol(), "http/1.1");
    EXPECT_FALSE(ends.client.resumed());
  }());
}

TEST(Tls, SendsNothingInClear) {
  tests::run_virtual([]() -> Coro<> {
    Pair pair;
    auto client =
        aio::create_task(start_tls(std::move(*pair.client), client_context(), "localhost"));
    const std::string hello = co_await pair.server->read();
    EXPECT_TRUE(http::tls::is_hello(hello));
    client.cancel();
    try {
      co_await client;
    } catch (const aio::CancelledError&) {
    }
  }());
}

TEST(Tls, CarriesMuchAgainstBackPressure) {
  tests::run_virtual([]() -> Coro<> {
    Ends ends = co_await secured();
    const std::string much = tests::pattern(3'000'000);
    auto reading = aio::create_task(ends.server.read_all());
    for (std::size_t at = 0; at < much.size(); at += 100'000) {
      ends.client.write(std::string_view(much).substr(at, 100'000));
      co_await ends.client.drain();
    }
    ends.client.close();
    EXPECT_EQ(co_await reading, much);
  }());
}

TEST(Tls, ReadsWhatCameWithTheHandshake) {
  tests::run_virtual([]() -> Coro<> {
    Ends ends = co_await secured();
    ends.client.write("at once");
    EXPECT_EQ(co_await ends.server.read(2), "at");
    EXPECT_EQ(co_await ends.server.read(), " once");
  }());
}

// ── certificates ──

TEST(Tls, AcceptsTheHostItExpects) {
  const Verdicts verdicts = tests::run_virtual(meet(server_of_localhost(), "localhost"));
  EXPECT_EQ(verdicts.client, std::nullopt);
  EXPECT_EQ(verdicts.server, std::nullopt);
}

TEST(Tls, AcceptsTheNameWithADotAtItsEnd) {
  EXPECT_EQ(tests::run_virtual(meet(server_of_localhost(), "localhost.")).client, std::nullopt);
}

TEST(Tls, AcceptsAddressesAsHosts) {
  const Context server = server_context(authority().issue("127.0.0.1"));
  EXPECT_EQ(tests::run_virtual(meet(server, "127.0.0.1")).client, std::nullopt);
  EXPECT_EQ(tests::run_virtual(meet(server, "127.0.0.2")).client, Reason::wrong_name);
}

TEST(Tls, RefusesTheCertificateOfAnotherHost) {
  const Verdicts verdicts = tests::run_virtual(meet(server_of_localhost(), "example.com"));
  EXPECT_EQ(verdicts.client, Reason::wrong_name);
  EXPECT_EQ(verdicts.server, Reason::refused);
}

TEST(Tls, RefusesAnExpiredCertificate) {
  const Context server = server_context(authority().issue("localhost", {-7200, -3600}));
  EXPECT_EQ(tests::run_virtual(meet(server, "localhost")).client, Reason::expired);
}

TEST(Tls, RefusesACertificateOfTheFuture) {
  const Context server = server_context(authority().issue("localhost", {3600, 7200}));
  EXPECT_EQ(tests::run_virtual(meet(server, "localhost")).client, Reason::not_yet_valid);
}

TEST(Tls, RefusesASelfSignedCertificate) {
  const Context server = server_context(authority().self_signed("localhost"));
  EXPECT_EQ(tests::run_virtual(meet(server, "localhost")).client, Reason::self_signed);
}

TEST(Tls, RefusesTheCertificateOfAStranger) {
  const tests::Authority stranger("A stranger");
  const Context server = server_context(stranger.issue("localhost"));
  EXPECT_EQ(tests::run_virtual(meet(server, "localhost")).client, Reason::unknown_issuer);
}

TEST(Tls, TrustsAnybodyOnlyWhenItIsTold) {
  tests::run_virtual([]() -> Coro<> {
    http::tls::ClientOptions options;
    options.verify = false;
    const Context server = server_context(authority().self_signed("elsewhere"));
    Ends ends = co_await secured(Context::client(options), server);
    ends.server.write("x");
    EXPECT_EQ(co_await ends.client.read(), "x");
  }());
}

TEST(Tls, NeedsAHostToVerify) {
  tests::run_virtual([]() -> Coro<> {
    Pair pair;
    bool refused = false;
    try {
      co_await start_tls(std::move(*pair.client), client_context());
    } catch (const std::invalid_argument&) {
      refused = true;
    }
    EXPECT_TRUE(refused);
  }());
}

TEST(Tls, SaysWhichFileCannotBeRead) {
  try {
    Context::server("no-such-file.pem", "no-such-file.key");
    ADD_FAILURE() << "nothing was thrown";
  } catch (const http::tls::Error& error) {
    EXPECT_NE(std::string(error.what()).find("no-such-file.pem"), std::string::npos);
  }
}

TEST(Tls, RefusesAKeyOfAnotherCertificate) {
  const auto one = authority().issue("one"), two = authority().issue("two");
  EXPECT_THROW(Context::server(one.certificate, two.key), http::tls::Error);
}

// ── plain text ──

TEST(Tls, ServerSaysThatPlainTextCame) {
  tests::run_virtual([]() -> Coro<> {
    Pair pair;
    pair.client->write("GET / HTTP/1.1\r\n\r\n");
    const auto reason =
        co_await reason_of(start_tls(std::move(*pair.server), server_of_localhost()));
    EXPECT_EQ(reason, Reason::plain_text);
  }());
}

TEST(Tls, ClientSaysThatPlainTextCame) {
  tests::run_virtual([]() -> Coro<> {
    Pair pair;
    pair.server->write("HTTP/1.1 400 Bad Request\r\n\r\n");
    const Context client = client_context();
    const auto reason = co_await reason_of(start_tls(std::move(*pair.client), client, "localhost"));
    EXPECT_EQ(reason, Reason::plain_text);
  }());
}

TEST(Tls, RefusesBytesThatCameInClearBefore) {
  tests::run_virtual([]() -> Coro<> {
    Pair pair;
    pair.client->write("STARTTLS\nMAIL FROM: somebody else\n");
    EXPECT_EQ(co_await pair.server->read_line(), "STARTTLS\n");
    const auto reason =
        co_await reason_of(start_tls(std::move(*pair.server), server_of_localhost()));
    EXPECT_EQ(reason, Reason::clear_bytes);
  }());
}

// ── the end ──

TEST(Tls, ACleanEndIsAnEnd) {
  tests::run_virtual([]() -> Coro<> {
    Ends ends = co_await secured();
    ends.client.write("last");
    ends.client.close();
    EXPECT_EQ(co_await ends.server.read_all(), "last");
    EXPECT_EQ(co_await ends.server.read(), "");
    EXPECT_TRUE(ends.server.at_eof());
  }());
}

TEST(Tls, ACutConnectionIsNoEnd) {
  tests::run_virtual([]() -> Coro<> {
    Ends ends = co_await secured();
    ends.client.write("half");
    ends.client.state().stream().write_eof();  // without the end of TLS
    EXPECT_EQ(co_await ends.server.read(), "half");
    for (int again = 0; again < 2; ++again) {
      bool cut = false;
      try {
        co_await ends.server.read();
      } catch (const http::tls::TruncationError&) {
        cut = true;
      }
      EXPECT_TRUE(cut);
    }
  }());
}

TEST(Tls, ACutReadAllTellsWhatHadCome) {
  tests::run_virtual([]() -> Coro<> {
    Ends ends = co_await secured();
    ends.client.write("half");
    ends.client.state().stream().write_eof();  // without the end of TLS
    std::string partial;
    try {
      co_await ends.server.read_all();
    } catch (const http::tls::TruncationError& error) {
      partial = error.partial;
    }
    EXPECT_EQ(partial, "half");
  }());
}

TEST(Tls, ReadExactlyTellsACleanEndFromACut) {
  tests::run_virtual([]() -> Coro<> {
    Ends ends = co_await secured();
    ends.client.write("abc");
    ends.client.close();
    bool clean = false;
    try {
      co_await ends.server.read_exactly(4);
    } catch (const http::tls::TruncationError&) {
    } catch (const aio::IncompleteReadError& error) {
      clean = error.partial == "abc";
    }
    EXPECT_TRUE(clean);
  }());
}

TEST(Tls, CloseWaitsNoLongerThanASecondForTheOtherSide) {
  aio::VirtualClock clock;
  const auto took = tests::run_virtual(
      []() -> Coro<aio::Clock::duration> {
        Ends ends = co_await secured();
        const auto before = aio::running_loop().time();
        ends.client.close();
        co_await ends.client.wait_closed();  // the server never closes
        co_return aio::running_loop().time() - before;
      }(),
      clock);
  EXPECT_EQ(took, 1s);
}

TEST(Tls, CloseIsOverAsSoonAsTheOtherSideEnds) {
  tests::run_virtual([]() -> Coro<> {
    Ends ends = co_await secured();
    const auto before = aio::running_loop().time();
    ends.client.close();
    EXPECT_EQ(co_await ends.server.read(), "");
    ends.server.close();
    co_await ends.server.wait_closed();
    co_await ends.client.wait_closed();
    EXPECT_EQ(aio::running_loop().time(), before);
  }());
}

TEST(Tls, CloseEndsAReadThatWaits) {
  tests::run_virtual([]() -> Coro<> {
    Ends ends = co_await secured();
    auto reading = aio::create_task(ends.client.read());
    co_await aio::sleep(0ms);
    ends.client.close();
    EXPECT_EQ(co_await reading, "");
    EXPECT_EQ(co_await ends.server.read(), "");  // and the other side has a clean end
  }());
}

TEST(Tls, WritesNothingAfterClose) {
  tests::run_virtual([]() -> Coro<> {
    Ends ends = co_await secured();
    ends.client.write("before");
    ends.client.close();
    ends.client.write("after");
    EXPECT_EQ(co_await ends.server.read_all(), "before");
  }());
}

TEST(Tls, CannotEndOneDirectionAlone) {
  tests::run_virtual([]() -> Coro<> {
    Ends ends = co_await secured();
    EXPECT_THROW(ends.client.write_eof(), aio::InvalidStateError);
  }());
}

TEST(Tls, ChangedBytesAreAnError) {
  tests::run_virtual([]() -> Coro<> {
    Ends ends = co_await secured();
    // Below TLS, somebody slips a record in that nobody has encrypted.
    ends.client.state().stream().write(std::string("\x17\x03\x03\x00\x05hello", 10));
    std::optional<Reason> reason;
    try {
      co_await ends.server.read();
    } catch (const http::tls::Error& error) {
      reason = error.reason;
    }
    EXPECT_EQ(reason, Reason::protocol);
    EXPECT_TRUE(ends.server.is_closing());
  }());
}

// ── tasks ──

TEST(Tls, AHandshakeHasATimeLimit) {
  tests::run_virtual([]() -> Coro<> {
    Pair pair;
    const auto before = aio::running_loop().time();
    bool late = false;
    try {
      co_await start_tls(std::move(*pair.server), server_of_localhost(), "", 5s);
    } catch (const aio::TimeoutError&) {
      late = true;
    }
    EXPECT_TRUE(late);
    EXPECT_EQ(aio::running_loop().time() - before, 5s);
    EXPECT_EQ(co_await pair.client->read(), "");  // the connection is closed
  }());
}

TEST(Tls, TheOtherSideMayLeaveDuringTheHandshake) {
  tests::run_virtual([]() -> Coro<> {
    Pair pair;
    pair.client->close();
    bool left = false;
    try {
      co_await start_tls(std::move(*pair.server), server_of_localhost());
    } catch (const aio::IncompleteReadError&) {
      left = true;
    }
    EXPECT_TRUE(left);
  }());
}

/// Cancels a handshake after so many turns of the loop. Returns whether it was done by then.
Coro<bool> cancelled_handshake(int turns) {
  Pair pair;
  auto serving = aio::create_task(start_tls(std::move(*pair.server), server_of_localhost()));
  auto client = aio::create_task(start_tls(std::move(*pair.client), client_context(), "localhost"));
  for (int turn = 0; turn < turns; ++turn) co_await aio::sleep(0ms);
  const bool done = serving.done();
  serving.cancel();
  client.cancel();
  for (auto* const task : {&serving, &client}) {
    try {
      co_await *task;
    } catch (const aio::CancelledError&) {
    } catch (const aio::IncompleteReadError&) {
    }
  }
  co_return done;
}

TEST(Tls, AHandshakeMayBeCancelledAnywhere) {
  bool done = false;
  for (int turns = 0; !done && turns < 100; ++turns) {
    done = tests::run_virtual(cancelled_handshake(turns));
  }
  EXPECT_TRUE(done);
}

TEST(Tls, ACancelledReadLosesNothing) {
  tests::run_virtual([]() -> Coro<> {
    Ends ends = co_await secured();
    auto reading = aio::create_task(ends.server.read_exactly(6));
    ends.client.write("abc");
    for (int turn = 0; turn < 3; ++turn) co_await aio::sleep(0ms);
    reading.cancel();
    bool cancelled = false;
    try {
      co_await reading;
    } catch (const aio::CancelledError&) {
      cancelled = true;
    }
    EXPECT_TRUE(cancelled);
    ends.client.write("def");
    EXPECT_EQ(co_await ends.server.read_exactly(6), "abcdef");
  }());
}

TEST(Tls, OneTaskReadsAtATime) {
  tests::run_virtual([]() -> Coro<> {
    Ends ends = co_await secured();
    auto reading = aio::create_task(ends.server.read());
    co_await aio::sleep(0ms);
    bool refused = false;
    try {
      co_await ends.server.read();
    } catch (const aio::InvalidStateError&) {
      refused = true;
    }
    EXPECT_TRUE(refused);
    ends.client.write("x");
    EXPECT_EQ(co_await reading, "x");
  }());
}

// ── sessions ──

TEST(Tls, TakesUpASessionThatItHad) {
  tests::run_virtual([]() -> Coro<> {
    const Context client = client_context();
    Ends first = co_await secured(client, server_of_localhost());
    first.server.write("x");
    EXPECT_EQ(co_await first.client.read(), "x");  // the session came before it
    Ends second = co_await secured(client, server_of_localhost());
    EXPECT_TRUE(second.client.resumed());
    EXPECT_TRUE(second.server.resumed());
    second.server.write("y");
    EXPECT_EQ(co_await second.client.read(), "y");
  }());
}

}  // namespace
