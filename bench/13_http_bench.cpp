// Lesson 13: a crawl of n pages that lead to each other. Each page takes its server 5 ms. The
// server is a process of its own; measured is who crawls.
//
//   sync    one connection, one page after the other
//   thread  a pool of 50 threads with a connection each, and one list of pages for all
//   async   50 tasks and one client, which has 50 connections
//
// All keep their connections, and ask for each page once.

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <sys/socket.h>
#include <unistd.h>
#include <aio/coro.hpp>
#include <aio/queue.hpp>
#include <aio/support/syscall.hpp>
#include <aio/task.hpp>
#include <http/client.hpp>
#include <http/server.hpp>

#include "support/child.hpp"
#include "support/compare.hpp"
#include "support/loopback_server.hpp"
#include "support/pipe.hpp"

using namespace std::chrono_literals;

namespace {

constexpr auto page_time = 5ms;
constexpr int at_once = 50;

// ── the site ──

/// Page n leads to the pages 10n + 1 to 10n + 10, and back to the first one.
std::string page(int n) {
  std::string html = "<title>" + std::to_string(n) + "</title>" + std::string(2000, ' ');
  for (int link = 10 * n + 1; link <= 10 * n + 10; ++link) {
    html += "<a href=\"/pages/" + std::to_string(link) + "\">";
  }
  return html + "<a href=\"/pages/0\">";
}

/// Tells its port, and serves until its process is ended.
aio::Coro<> serve_site(int tell_port) {
  http::Router router;
  router.get("/pages/{n}", [](http::ServerRequest& request) -> aio::Coro<http::Response> {
    co_await aio::sleep(page_time);
    co_return http::Response(200, page(std::stoi(request.parameter("n"))), "text/html");
  });
  http::Server server = co_await http::serve(std::move(router), "127.0.0.1", 0);
  const std::uint16_t port = server.port();
  aio::check_syscall("write", static_cast<int>(::write(tell_port, &port, sizeof port)));
  co_await server.serve_forever();
}

/// The site in a process of its own, which ends with this object.
class SiteProcess {
 public:
  SiteProcess() {
    const bench::Pipe pipe;
    child_ = bench::fork_child();
    if (child_ == 0) {
      aio::run(serve_site(pipe.writing.get()));
      std::_Exit(0);
    }
    aio::check_syscall("read", static_cast<int>(::read(pipe.reading.get(), &port_, sizeof port_)));
  }
  SiteProcess(const SiteProcess&) = delete;
  SiteProcess& operator=(const SiteProcess&) = delete;
  ~SiteProcess() { bench::end_child(child_); }

  std::uint16_t port() const { return port_; }

 private:
  pid_t child_ = -1;
  std::uint16_t port_ = 0;
};

// ── what all have in common ──

/// Calls `found` for the number of each page that a page leads to.
template <class Found>
void each_link(std::string_view html, Found found) {
  static constexpr std::string_view before = "href=\"/pages/";
  for (std::size_t at = 0; (at = html.find(before, at)) != html.npos;) {
    at += before.size();
    found(std::atoi(html.data() + at));
  }
}

void check(std::size_t pages, int n) {
  if (pages != static_cast<std::size_t>(n)) throw std::runtime_error("a page is missing");
}

// ── blocking ──

/// One connection that is kept. It knows as much of HTTP as the site needs.
class BlockingClient {
 public:
  explicit BlockingClient(std::uint16_t port) : fd_(bench::connect_to(port)) {}

  std::string get(int n) {
    const std::string request =
        "GET /pages/" + std::to_string(n) + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    aio::check_syscall(
        "send", static_cast<int>(::send(fd_.get(), request.data(), request.size(), MSG_NOSIGNAL)));
    std::size_t end = 0;
    while ((end = input_.find("\r\n\r\n")) == input_.npos) receive();
    if (!input_.starts_with("HTTP/1.1 200 ")) throw std::runtime_error(input_);
    const std::size_t size = end + 4 + length_in(std::string_view(input_).substr(0, end));
    while (input_.size() < size) receive();
    const std::string body = input_.substr(end + 4, size - end - 4);
    input_.erase(0, size);
    return body;
  }

 private:
  void receive() {
    char bytes[16384];
    const auto count = ::recv(fd_.get(), bytes, sizeof bytes, 0);
    if (count <= 0) throw std::runtime_error("the server has closed the connection");
    input_.append(bytes, static_cast<std::size_t>(count));
  }
  static std::size_t length_in(std::string_view head) {
    static constexpr std::string_view name = "\r\nContent-Length: ";
    const std::size_t at = head.find(name);
    if (at == head.npos) throw std::runtime_error("the server does not say how long a page is");
    return std::stoul(std::string(head.substr(at + name.size(), 20)));
  }

  aio::UniqueFd fd_;
  std::string input_;
};

void crawl_in_turn(std::uint16_t port, int n) {
  BlockingClient client(port);
  std::deque<int> to_visit = {0};
  std::set<int> seen = {0};
  for (; !to_visit.empty(); to_visit.pop_front()) {
    each_link(client.get(to_visit.front()), [&](int link) {
      if (link < n && seen.insert(link).second) to_visit.push_back(link);
    });
  }
  check(seen.size(), n);
}

/// Pages that are to be visited, for several threads.
class PageList {
 public:
  explicit PageList(int n) : n_(n) { add(0); }

  /// Waits for a page. Nothing: all have been visited.
  std::optional<int> take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !to_visit_.empty() || unvisited_ == 0; });
    if (to_visit_.empty()) return std::nullopt;
    const int page = to_visit_.front();
    to_visit_.pop_front();
    return page;
  }
  void add_links(std::string_view html) {
    const std::lock_guard lock(mutex_);
    each_link(html, [this](int link) { add(link); });
    --unvisited_;
    changed_.notify_all();
  }
  /// Nobody needs to wait for more.
  void give_up() {
    const std::lock_guard lock(mutex_);
    to_visit_.clear();
    unvisited_ = 0;
    changed_.notify_all();
  }
  std::size_t seen() const { return seen_.size(); }

 private:
  void add(int page) {
    if (page >= n_ || !seen_.insert(page).second) return;
    to_visit_.push_back(page);
    ++unvisited_;
  }

  const int n_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<int> to_visit_;
  std::set<int> seen_;
  int unvisited_ = 0;  // those that are being read included
};

void crawl_with_threads(std::uint16_t port, int n) {
  PageList pages(n);
  std::exception_ptr failure;
  std::mutex failure_mutex;
  const auto work = [&] {
    try {
      BlockingClient client(port);
      while (const auto next = pages.take()) pages.add_links(client.get(*next));
    } catch (const std::exception&) {
      const std::lock_guard lock(failure_mutex);
      failure = std::current_exception();
      pages.give_up();
    }
  };
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < std::min(n, at_once); ++i) threads.emplace_back(work);
  }
  if (failure) std::rethrow_exception(failure);
  check(pages.seen(), n);
}

// ── async ──

struct Crawl {
  http::Client client;
  const std::string site;
  const int n;
  aio::Queue<int> to_visit;
  std::set<int> seen;
  std::exception_ptr failure;

  void found(int page) {
    if (page < n && seen.insert(page).second) to_visit.put_nowait(page);
  }
};

// [async]
aio::Coro<> visit(Crawl& crawl, int page) {
  const http::ClientResponse response =
      co_await crawl.client.get(crawl.site + std::to_string(page));
  if (!response.ok()) throw std::runtime_error(response.body);
  each_link(response.body, [&crawl](int link) { crawl.found(link); });
}

aio::Coro<> work(Crawl& crawl) {
  try {
    while (true) {
      co_await visit(crawl, co_await crawl.to_visit.get());
      crawl.to_visit.task_done();
    }
  } catch (const aio::QueueShutDown&) {  // all have been visited
  } catch (const std::exception&) {
    crawl.failure = std::current_exception();
    crawl.to_visit.task_done();
    crawl.to_visit.shutdown(true);
  }
}
// [/async]

http::ClientOptions options() {
  http::ClientOptions options;
  options.per_origin = at_once;
  return options;
}

aio::Coro<> crawl_async(std::uint16_t port, int n) {
  const std::string site = "http://127.0.0.1:" + std::to_string(port) + "/pages/";
  Crawl crawl{http::Client(options()), site, n, aio::Queue<int>(), {}, nullptr};
  crawl.found(0);
  std::vector<aio::Task<>> workers;
  for (int i = 0; i < std::min(n, at_once); ++i) workers.push_back(aio::create_task(work(crawl)));
  co_await crawl.to_visit.join();
  crawl.to_visit.shutdown();
  for (const aio::Task<>& worker : workers) co_await worker;
  if (crawl.failure) std::rethrow_exception(crawl.failure);
  check(crawl.seen.size(), n);
}

}  // namespace

int main(int argc, char** argv) {
  const SiteProcess site;
  const std::uint16_t port = site.port();
  bench::Comparison crawls{.sizes = {1, 10, 100, 500}};
  crawls.sync = {
      .work = [port](int n) { crawl_in_turn(port, n); },
      .seconds = [](int n) { return std::chrono::duration<double>(page_time * n).count(); }};
  crawls.thread = {.work = [port](int n) { crawl_with_threads(port, n); }};
  crawls.async = {.work = [port](int n) { aio::run(crawl_async(port, n)); }};
  return bench::run(argc, argv, crawls);
}
