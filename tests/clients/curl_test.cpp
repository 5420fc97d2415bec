// libcurl against nginx, in a folder of its own, and against a server on the same loop, which
// answers when the test says so.

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <dlfcn.h>
#include <netdb.h>
#include <unistd.h>

#include <gtest/gtest.h>
#include <aio/event.hpp>
#include <aio/gather.hpp>
#include <aio/server.hpp>
#include <aio/task.hpp>
#include <clients/curl.hpp>

#include "clients/server.hpp"
#include "support/entries.hpp"
#include "support/iterations.hpp"

namespace {

using namespace std::chrono_literals;
using aio::CancelledError, aio::Coro, aio::create_task, aio::Stream, aio::Task;
using curl::Client, curl::Error, curl::Options, curl::Request, curl::Response;
using tests::iterations;

constexpr const char* program = "/usr/sbin/nginx";

class Nginx {
 public:
  Nginx() {
    std::ofstream(folder_.path / "text") << text();
    std::ofstream config(folder_.path / "nginx.conf");
    // One process, for its workers would outlive a test that is killed.
    config << (::getuid() == 0 ? "user root;\n" : "") << "daemon off; master_process off; pid "
           << path("pid") << "; error_log " << path("log")
           << ";\nevents {}\nhttp { access_log off; "
           << "client_body_temp_path " << path("body") << "; proxy_temp_path " << path("proxy")
           << "; fastcgi_temp_path " << path("fast") << "; uwsgi_temp_path " << path("uwsgi")
           << "; scgi_temp_path " << path("scgi") << ";\n  server { listen 127.0.0.1:" << port_
           << "; root " << folder_.path.string() << "; keepalive_requests 50;\n"
           << "    location = /hello { return 200 \"hello\\n\"; }\n"
           << "    location = /there { return 302 /hello; }\n"
           << "    location = /round { return 302 /round; }\n"
           << "    location = /slow { alias " << path("text") << "; limit_rate 1k; }\n  }\n}\n";
    config.close();
    server_.emplace(std::vector<std::string>{program, "-c", path("nginx.conf"), "-e", path("log")},
                    [this] { return tests::answers(port_); });
  }
  std::string url(std::string page, std::string host = "127.0.0.1") const {
    return "http://" + host + ":" + std::to_string(port_) + page;
  }
  static std::string text() {
    std::string lines;
    for (int i = 0; i < 30'000; ++i) lines += "line " + std::to_string(i) + "\n";
    return lines;
  }
  tests::Server& server() { return *server_; }

 private:
  std::string path(std::string name) const { return folder_.path / name; }
  const tests::Folder folder_{"nginx"};
  const int port_ = tests::free_port();
  std::optional<tests::Server> server_;
};

/// One for all tests.
class Environment : public testing::Environment {
 public:
  void SetUp() override {
    if (!std::filesystem::exists(program)) GTEST_SKIP() << "There is no nginx here.";
    ::setenv("no_proxy", "*", 1);  // whatever else the environment has
    nginx = std::make_unique<Nginx>();
  }
  void TearDown() override { nginx = nullptr; }
  static inline std::unique_ptr<Nginx> nginx;
};
[[maybe_unused]] const auto* const environment = testing::AddGlobalTestEnvironment(new Environment);

std::string url(std::string page) { return Environment::nginx->url(std::move(page)); }

/// 0, or the code of what is thrown.
template <class Awaitable>
Coro<int> code_of(Awaitable awaitable) {
  try {
    co_await std::move(awaitable);
  } catch (const Error& error) {
    co_return error.code;
  }
  co_return 0;
}

/// Answers each request when it is told to, on the loop of the test.
class Patient {
 public:
  Coro<> start() {
    const auto handle = [this](Stream stream) -> Coro<> {
      const std::string head = co_await stream.read_until("\r\n\r\n");
      ++asked;
      co_await answer.wait();
      co_await stream.write_all("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    };
    server_.emplace(co_await aio::start_server(handle, "127.0.0.1", 0));
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->port()) + "/"; }
  std::size_t connections() const { return server_->connections(); }
  Coro<> until_asked(int times) {
    while (asked < times) co_await aio::sleep(1ms);
  }
  aio::Event answer;
  int asked = 0;

 private:
  std::optional<aio::Server> server_;
};

/// A name whose look-up takes as long as the test likes.
struct SlowName {
  static constexpr const char* name = "slow.test";
  static inline std::atomic<bool> asked = false, answers = false;
};

TEST(CurlGet, GivesTheResponse) {
  const auto main = []() -> Coro<> {
    Client client;
    const Response hello = co_await client.get(url("/hello"));
    EXPECT_EQ(hello.status, 200);
    EXPECT_EQ(hello.body, "hello\n");
    EXPECT_FALSE(hello.fields.empty());
    const Response text = co_await client.get(url("/text"));
    EXPECT_EQ(text.body, Nginx::text());
    const Response none = co_await client.get(url("/none"));
    EXPECT_EQ(none.status, 404);
    EXPECT_EQ(client.transfers(), 0U);
  };
  aio::run(main());
}

/// The threads that look names up have sockets of their own, which come and go.
TEST(CurlGet, ByNameToo) {
  const auto main = []() -> Coro<> {
    for (int i = 0; i < 5; ++i) {
      Client client;
      const Response hello = co_await client.get(Environment::nginx->url("/hello", "localhost"));
      EXPECT_EQ(hello.body, "hello\n");
    }
  };
  aio::run(main());
}

TEST(CurlGet, FollowsIfItIsTo) {
  const auto main = []() -> Coro<> {
    Client client;
    Request there(url("/there")), round(url("/round"));
    const Response moved = co_await client.perform(there);
    EXPECT_EQ(moved.status, 302);
    there.follow = round.follow = true;
    const Response hello = co_await client.perform(there);
    EXPECT_EQ(hello.body, "hello\n");
    EXPECT_EQ(co_await code_of(client.perform(round)), 47);
  };
  aio::run(main());
}

TEST(CurlGet, SaysWhyThereIsNoResponse) {
  const auto main = []() -> Coro<> {
    Client client;
    const std::string nobody = "http://127.0.0.1:" + std::to_string(tests::free_port());
    EXPECT_EQ(co_await code_of(client.get(nobody)), 7);
    EXPECT_EQ(co_await code_of(client.get("file:///etc/passwd")), 1);
    Request large(url("/text"));
    large.most = 1000;
    EXPECT_EQ(co_await code_of(client.perform(large)), 23);
  };
  aio::run(main());
}

TEST(CurlGet, TheTimeIsLimited) {
  const auto main = []() -> Coro<> {
    Client client;
    const tests::Silence silence;
    Request request("http://127.0.0.1:" + std::to_string(silence.port()));
    request.limit = 20ms;
    EXPECT_EQ(co_await code_of(client.perform(request)), 28);
    request.limit = 0ms;
    EXPECT_EQ(co_await code_of(client.perform(request)), 28);
  };
  aio::run(main());
}

TEST(CurlGet, TheLoopGoesOnMeanwhile) {
  const auto main = []() -> Coro<> {
    Patient server;
    co_await server.start();
    Client client;
    const auto response = create_task(client.get(server.url()));
    co_await server.until_asked(1);
    co_await iterations(1000);
    EXPECT_FALSE(response.done());
    server.answer.set();
    EXPECT_EQ((co_await response).body, "ok");
  };
  aio::run(main());
}

TEST(CurlPost, SendsABody) {
  const auto main = []() -> Coro<> {
    std::string got;
    const auto handle = [&got](Stream stream) -> Coro<> {
      got = co_await stream.read_until("\r\n\r\n");
      got += co_await stream.read_exactly(200'000);
      co_await stream.write_all("HTTP/1.1 204 No Content\r\n\r\n");
    };
    const aio::Server server = co_await aio::start_server(handle, "127.0.0.1", 0);
    Client client;
    Request request("http://127.0.0.1:" + std::to_string(server.port()) + "/");
    request.method = "PUT";
    request.fields = {"X-Mine: yes", "Expect:"};
    request.body.assign(200'000, 'b');
    const Response response = co_await client.perform(request);
    EXPECT_EQ(response.status, 204);
    EXPECT_TRUE(got.starts_with("PUT / HTTP/1.1\r\n"));
    EXPECT_NE(got.find("X-Mine: yes"), std::string::npos);
    EXPECT_TRUE(got.ends_with(request.body));
  };
  aio::run(main());
}

TEST(CurlGet, MayHaveABody) {
  const auto main = []() -> Coro<> {
    std::string got;
    const auto handle = [&got](Stream stream) -> Coro<> {
      got = co_await stream.read_until("\r\n\r\n");
      got += co_await stream.read_exactly(4);
      co_await stream.write_all("HTTP/1.1 204 No Content\r\n\r\n");
    };
    const aio::Server server = co_await aio::start_server(handle, "127.0.0.1", 0);
    Client client;
    Request request("http://127.0.0.1:" + std::to_string(server.port()) + "/");
    request.body = "what";
    const Response response = co_await client.perform(request);
    EXPECT_EQ(response.status, 204);
    EXPECT_TRUE(got.starts_with("GET / HTTP/1.1\r\n")) << got;
    EXPECT_TRUE(got.ends_with("what")) << got;
  };
  aio::run(main());
}

TEST(CurlMany, AThousandOverTenConnections) {
  const auto main = []() -> Coro<> {
    Options options;
    options.connections = 10;
    Client client(options);
    const std::size_t before = tests::open_descriptors();
    std::vector<Coro<Response>> all;
    for (int i = 0; i < 1000; ++i) all.push_back(client.get(url("/hello")));
    const std::vector<Response> responses = co_await aio::gather(std::move(all));
    for (const Response& each : responses) EXPECT_EQ(each.body, "hello\n");
    EXPECT_LE(tests::open_descriptors(), before + 10);
  };
  aio::run(main());
}

/// Numbers of sockets that were closed are given out again and again.
TEST(CurlMany, ConnectionsThatTheServerCloses) {
  const auto main = []() -> Coro<> {
    const auto handle = [](Stream stream) -> Coro<> {
      const std::string head = co_await stream.read_until("\r\n\r\n");
      co_await stream.write_all("HTTP/1.0 200 OK\r\n\r\nbye");
    };
    const aio::Server server = co_await aio::start_server(handle, "127.0.0.1", 0);
    const std::string page = "http://127.0.0.1:" + std::to_string(server.port()) + "/";
    Options options;
    options.connections = 5;
    Client client(options);
    std::vector<Coro<Response>> all;
    for (int i = 0; i < 200; ++i) all.push_back(client.get(page));
    const std::vector<Response> responses = co_await aio::gather(std::move(all));
    for (const Response& each : responses) EXPECT_EQ(each.body, "bye");
  };
  aio::run(main());
}

TEST(CurlCancelled, TheTransferEndsAndItsConnectionGoes) {
  const auto main = []() -> Coro<> {
    Patient server;
    co_await server.start();
    Client client;
    for (int after = 0; after < 30; after += 3) {
      const auto response = create_task(client.get(server.url()));
      co_await iterations(after);
      response.cancel();
      EXPECT_THROW(co_await response, CancelledError);
      EXPECT_EQ(client.transfers(), 0U);
    }
    server.answer.set();
    EXPECT_EQ((co_await client.get(server.url())).body, "ok");
  };
  aio::run(main());
}

TEST(CurlCancelled, WaitsForNoThreadThatLooksANameUp) {
  const auto main = []() -> Coro<> {
    Client client;
    const auto response = create_task(client.get(std::string("http://") + SlowName::name));
    while (!SlowName::asked) co_await aio::sleep(1ms);
    response.cancel();
    EXPECT_THROW(co_await response, CancelledError);
    EXPECT_EQ(client.transfers(), 0U);
  };
  aio::run(main());
  SlowName::answers = true;
  SlowName::answers.notify_all();
}

TEST(CurlEnd, ALoopThatIsClosedTakesATransferAlong) {
  const tests::Silence silence;
  std::optional<Client> client;
  {
    aio::EventLoop loop;
    const auto start = [&]() -> Coro<> {
      client.emplace();
      co_return;
    };
    loop.run_until_complete(start());
    const auto transfer =
        loop.create_task(client->get("http://127.0.0.1:" + std::to_string(silence.port())));
    loop.run_until_complete(iterations(20));
    EXPECT_FALSE(transfer.done());
  }
  EXPECT_EQ(client->transfers(), 0U);
}

TEST(CurlKilled, ATransferFailsAndTheNextOneConnectsAnew) {
  const auto main = []() -> Coro<> {
    Client client;
    EXPECT_EQ((co_await client.get(url("/hello"))).body, "hello\n");
    const auto slow = create_task(client.get(url("/slow")));
    co_await client.get(url("/hello"));
    co_await iterations(100);
    EXPECT_FALSE(slow.done());
    Environment::nginx->server().kill();
    EXPECT_NE(co_await code_of(slow), 0);
    EXPECT_EQ(co_await code_of(client.get(url("/hello"))), 7);
    Environment::nginx->server().start();
    EXPECT_EQ((co_await client.get(url("/hello"))).body, "hello\n");
  };
  aio::run(main());
}

}  // namespace

/// Also libcurl's.
extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints,
                           addrinfo** found) {
  if (name != nullptr && std::string_view(name) == SlowName::name) {
    SlowName::asked = true;
    SlowName::answers.wait(false);
    return EAI_NONAME;
  }
  static const auto real =
      reinterpret_cast<decltype(&::getaddrinfo)>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  return real(name, service, hints, found);
}
