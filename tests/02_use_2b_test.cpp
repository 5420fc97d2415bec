// Exercise use-2b: the echo server, on real loopback sockets with small buffers. Server and clients
// share this thread: the server has a turn whenever a test calls serve().

#include <array>
#include <cerrno>
#include <chrono>
#include <deque>
#include <functional>
#include <string>
#include <system_error>
#include <utility>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <aio/support/syscall.hpp>

#include "echo_server.hpp"
#include "support/broken_pipes.hpp"
#include "support/faults.hpp"
#include "support/story.hpp"
#include "support/watched.hpp"

namespace {

using namespace std::chrono_literals;
using aio::check_syscall, aio::UniqueFd;
using std::chrono::steady_clock;
using tests::Seen;

constexpr int small_buffer = 32 * 1024;

UniqueFd small_socket() {
  UniqueFd fd(
      check_syscall("socket", socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)));
  setsockopt(fd.get(), SOL_SOCKET, SO_SNDBUF, &small_buffer, sizeof small_buffer);
  setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &small_buffer, sizeof small_buffer);
  return fd;
}

/// Clients inherit the listener's buffer sizes.
UniqueFd listen_on_any_port() {
  UniqueFd fd = small_socket();
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  check_syscall("bind", bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address));
  check_syscall("listen", listen(fd.get(), 200));
  return fd;
}

/// A client that never blocks.
class Client {
 public:
  explicit Client(int listener) : fd_(small_socket()) {
    sockaddr_in address{};
    auto* where = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    check_syscall("getsockname", getsockname(listener, where, &size));
    if (connect(fd_.get(), where, size) == -1 && errno != EINPROGRESS) {
      check_syscall("connect", -1);
    }
  }

  /// Returns how many bytes the socket takes, maybe 0.
  std::size_t send(const std::string& text, std::size_t from = 0) const {
    const ssize_t count = ::send(fd_.get(), text.data() + from, text.size() - from, MSG_NOSIGNAL);
    return count > 0 ? static_cast<std::size_t>(count) : 0;
  }

  /// Adds what has arrived to received().
  void receive() {
    std::array<char, 65536> buffer;
    for (;;) {
      const ssize_t count = recv(fd_.get(), buffer.data(), buffer.size(), 0);
      ended_ = ended_ || count == 0 || (count == -1 && errno == ECONNRESET);
      if (count <= 0) return;
      received_.append(buffer.data(), static_cast<std::size_t>(count));
    }
  }
  const std::string& received() const { return received_; }
  bool ended() const { return ended_; }

  void send_no_more() const { shutdown(fd_.get(), SHUT_WR); }
  /// Waits until the kernel has connected it, accepted or not.
  bool connected() const {
    pollfd waiting{.fd = fd_.get(), .events = POLLOUT, .revents = 0};
    return poll(&waiting, 1, 2000) == 1;
  }
  void close() { fd_.reset(); }
  /// Closes so that the server is told of a broken connection.
  void reset() {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    fd_.reset();
  }

 private:
  UniqueFd fd_;
  std::string received_;
  bool ended_ = false;
};

/// A text in which no two places look alike for long.
std::string long_text(std::size_t size) {
  std::string text;
  for (unsigned i = 0; text.size() < size; ++i) text += std::to_string(i) + ' ';
  text.resize(size);
  return text;
}

class Use2b_EchoServer : public testing::Test {
 protected:
  /// Gives the server turns until `done`, or until that seems to be never.
  bool serve_until(const std::function<bool()>& done) {
    const auto give_up = steady_clock::now() + 2s;
    while (!done()) {
      if (steady_clock::now() > give_up) return false;
      server.serve(1ms);
    }
    return true;
  }

  bool connect_all(std::size_t count) {
    return serve_until([&] { return server.clients() == count; });
  }

  /// What `client` gets back, at least `size` bytes if they ever come.
  std::string answer_to(Client& client, std::size_t size) {
    serve_until([&] {
      client.receive();
      return client.received().size() >= size || client.ended();
    });
    return client.received();
  }

  /// Sends without ever reading, until the connection takes no more. Returns the number of bytes.
  std::size_t stuff(const Client& client, std::size_t at_most) {
    const std::string text(16384, 'x');
    std::size_t total = 0;
    for (int idle = 0; idle < 20 && total < at_most;) {
      const std::size_t sent = client.send(text);
      total += sent;
      idle = sent == 0 ? idle + 1 : 0;
      server.serve(1ms);
    }
    return total;
  }

  /// Whether the server sleeps through a turn in which nothing can be done.
  bool sleeps() {
    for (int i = 0; i < 5; ++i) {
      const auto started = steady_clock::now();
      server.serve(20ms);
      if (steady_clock::now() - started >= 20ms) return true;
    }
    return false;
  }

  /// Sends from where `sent` stands; gives the server turns until something has been taken.
  std::size_t stuff_some(const Client& client, const std::string& text, std::size_t& sent) {
    const std::size_t before = sent;
    for (int turn = 0; turn < 20 && sent == before; ++turn) {
      sent += client.send(text, sent);
      server.serve(1ms);
    }
    return sent - before;
  }

  UniqueFd listener = listen_on_any_port();
  int door = listener.get();  // where clients connect
  EchoServer server{std::move(listener)};
  tests::BrokenPipes broken_pipes;
  tests::Story story;
};

TEST_F(Use2b_EchoServer, SendsBackWhatItReceives) {
  Client client(door);
  story.step("a client connects and sends \"hello\"");
  ASSERT_TRUE(connect_all(1)) << "accept_clients() does not add the client";
  client.send("hello");
  EXPECT_STORY(story, answer_to(client, 5), "hello", "what is read is not sent back");
  story.step("it sends \"again\"");
  client.send("again");
  EXPECT_STORY(story, answer_to(client, 10), "helloagain",
               "after the first answer the client is not watched for reading any more");
}

TEST_F(Use2b_EchoServer, AcceptsAllWhoWaitAtOnce) {
  const Client a(door), b(door), c(door);
  ASSERT_TRUE(a.connected() && b.connected() && c.connected());
  story.step("three clients have connected; serve() once");
  server.serve(1s);
  EXPECT_STORY(story, server.clients(), 3U,
               "accept_clients() goes on until nobody waits any more (EAGAIN)",
               Seen{1U, "one-client-a-turn"});
}

TEST_F(Use2b_EchoServer, KeepsItsClientsApart) {
  Client silent(door), a(door), b(door);
  ASSERT_TRUE(connect_all(3));
  story.step("three clients; one says nothing, the others send \"a\" and \"b\"");
  a.send("a");
  b.send("b");
  EXPECT_STORY(story, answer_to(a, 1), "a", "the silent client holds up the others");
  EXPECT_STORY(story, answer_to(b, 1), "b", "the answer went to another client");
  EXPECT_STORY(story, silent.received(), "", "a client that said nothing got an answer");
}

TEST_F(Use2b_EchoServer, SendsBackALongMessageInFull) {
  Client client(door);
  ASSERT_TRUE(connect_all(1));
  const std::string text = long_text(3'000'000);
  story.step("a client sends 3,000,000 bytes, and reads what comes back when it is stuck");
  for (std::size_t sent = 0; sent < text.size() && !client.ended();) {
    if (stuff_some(client, text, sent) == 0) client.receive();
  }
  answer_to(client, text.size());
  EXPECT_STORY(story, client.received().size(), text.size(),
               "send() may take a part only; the rest has to wait until the socket is writable");
  EXPECT_TRUE(client.received() == text) << "the bytes come back in another order";
}

TEST_F(Use2b_EchoServer, KeepsWhatTheSocketDoesNotTake) {
  Client client(door);
  ASSERT_TRUE(connect_all(1));
  const std::size_t sent = stuff(client, 8'000'000);
  story.step("a client sends until nothing fits any more, then reads");
  const bool all_back = answer_to(client, sent).size() == sent;
  EXPECT_STORY(story, all_back, true,
               "send() may take a part only; the rest has to wait until the socket is writable",
               Seen{false, "forgets-the-rest-of-a-short-send"});
}

TEST_F(Use2b_EchoServer, StopsReadingFromAClientThatDoesNotRead) {
  const Client client(door);
  ASSERT_TRUE(connect_all(1));
  story.step("a client sends as much as it can, and never reads");
  const bool bounded = stuff(client, 8'000'000) < 8'000'000;
  EXPECT_STORY(
      story, bounded, true,
      "the server goes on reading while it has bytes to send: its memory grows without end",
      tests::LooksLike{false, "reads-on-without-end"});
}

TEST_F(Use2b_EchoServer, SleepsWhileNobodySends) {
  Client idle(door), answered(door);
  ASSERT_TRUE(connect_all(2));
  answered.send("hello");
  EXPECT_EQ(answer_to(answered, 5), "hello");
  story.step("one client says nothing, one has got its answer; serve(20 ms)");
  EXPECT_STORY(story, sleeps(), true,
               "a socket is nearly always writable: a server that asks for it without need never "
               "sleeps",
               Seen{false, "always-asks-for-writable"});
}

TEST_F(Use2b_EchoServer, SleepsWhileAClientDoesNotRead) {
  const Client stuck(door);
  ASSERT_TRUE(connect_all(1));
  stuff(stuck, 8'000'000);
  story.step("a client sends as much as it can, and does not read; serve(20 ms)");
  EXPECT_STORY(story, sleeps(), true,
               "bytes wait to be read, and will not be read now: so watch for writing alone as "
               "long as something is unsent",
               Seen{false, "never-asks-for-writable"});
}

TEST_F(Use2b_EchoServer, AnswersInFullAClientThatSendsNoMore) {
  Client client(door);
  ASSERT_TRUE(connect_all(1));
  const std::string text = long_text(400'000);
  story.step("a client sends 400,000 bytes, reads as little as it can, and shuts down sending");
  for (std::size_t sent = 0; sent < text.size() && !client.ended();) {
    if (stuff_some(client, text, sent) == 0) client.receive();
  }
  client.send_no_more();
  story.step("the server has some turns, then the client reads to the end");
  for (int i = 0; i < 20; ++i) server.serve(1ms);
  serve_until([&] {
    client.receive();
    return client.ended();
  });
  EXPECT_STORY(story, client.received().size(), text.size(),
               "the end of the input is no reason to close while there are bytes to send");
  EXPECT_TRUE(client.ended()) << "the server never closes the connection";
}

TEST_F(Use2b_EchoServer, AResetEndsOneConnectionOnly) {
  Client broken(door), whole(door);
  ASSERT_TRUE(connect_all(2));
  story.step("two clients; the connection of one is reset");
  broken.reset();
  bool thrown = false;
  try {
    EXPECT_TRUE(connect_all(1)) << "the broken client is never dropped";
  } catch (const std::system_error&) {
    thrown = true;
  }
  EXPECT_STORY(story, thrown, false, "the failure of one client ends the service for all",
               Seen{true, "a-reset-ends-the-server"});
  if (thrown) return;
  whole.send("still there?");
  story.step("the other one sends \"still there?\"");
  EXPECT_STORY(story, answer_to(whole, 12), "still there?", "the other client is not served");
}

TEST_F(Use2b_EchoServer, AResetIsSeenWhileBytesAreUnsent) {
  Client client(door);
  ASSERT_TRUE(connect_all(1));
  stuff(client, 8'000'000);
  story.step("a client that does not read resets its connection");
  client.reset();
  serve_until([&] { return server.clients() == 0; });
  EXPECT_STORY(story, server.clients(), 0U,
               "hangup and error come unasked; sending tells what has happened");
}

TEST_F(Use2b_EchoServer, AClientThatIsGoneDoesNotEndTheProcess) {
  Client client(door);
  story.step("a client sends \"hello\" and is gone before the answer");
  for (std::size_t sent = 0; sent == 0;) sent = client.send("hello");
  client.send_no_more();
  client.reset();
  server.serve(100ms);
  serve_until([&] { return server.clients() == 0; });
  EXPECT_STORY(story, broken_pipes.count(), 0,
               "send() without MSG_NOSIGNAL raises SIGPIPE, which kills",
               Seen{1, "a-broken-pipe-kills"});
  EXPECT_STORY(story, server.clients(), 0U, "a client that is gone is never dropped");
}

// A copy of the descriptor, which a program that was started may hold, keeps it alive in epoll.
TEST_F(Use2b_EchoServer, ForgetsAClientBeforeItIsClosed) {
  Client client(door);
  const int its = UniqueFd(check_syscall("dup", dup(door))).get();  // the lowest free number
  ASSERT_TRUE(connect_all(1));
  ASSERT_EQ(tests::asked_of_kernel(its), "read") << "this is the server's end of the connection";
  const UniqueFd copy(check_syscall("dup", dup(its)));
  story.step("the server's end of a connection is copied with dup(); then the client leaves");
  client.close();
  EXPECT_TRUE(connect_all(0)) << "a client that has left is never dropped";
  EXPECT_STORY(story, tests::asked_of_kernel(its), "not watched",
               "the descriptor was closed and not forgotten: the copy keeps it in epoll, whose "
               "events point to a Client that is gone",
               Seen{"read", "drops-without-forgetting"});
}

TEST_F(Use2b_EchoServer, AHundredClientsLeaveNothingBehind) {
  const auto before = tests::open_descriptors();
  story.step("100 clients connect, send, get their answer, and leave");
  std::deque<Client> clients;
  for (int i = 0; i < 100; ++i) clients.emplace_back(door);
  ASSERT_TRUE(connect_all(100));
  for (std::size_t i = 0; i < clients.size(); ++i) clients[i].send("client " + std::to_string(i));
  for (std::size_t i = 0; i < clients.size(); ++i) {
    const std::string expected = "client " + std::to_string(i);
    EXPECT_STORY(story, answer_to(clients[i], expected.size()), expected,
                 "the answer of another client, or none");
  }
  clients.clear();
  EXPECT_TRUE(connect_all(0)) << "clients that have left are never dropped";
  EXPECT_STORY(story, tests::open_descriptors(), before,
               "a client is dropped, and its descriptor is not closed");
}

TEST_F(Use2b_EchoServer, ANewClientMayGetTheNumberOfAnOldOne) {
  story.step("50 times: a client comes, another one goes");
  std::deque<Client> clients;
  for (int i = 0; i < 50; ++i) {
    Client& client = clients.emplace_back(door);
    client.send("x");
    EXPECT_STORY(story, answer_to(client, 1), "x", "a client with a number of old is not served");
    if (clients.size() > 3) clients.pop_front();
  }
  connect_all(3);
  EXPECT_STORY(story, server.clients(), 3U, "clients that have left are never dropped");
}

}  // namespace
