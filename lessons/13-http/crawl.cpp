// A crawler: it follows the links of 500 pages, asks for none twice, and is polite to their hosts.

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <aio/queue.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>
#include <http/client.hpp>
#include <http/url.hpp>

#include "site.hpp"

using namespace std::chrono_literals;
using http::Url;

namespace {

/// What is linked to, as it is written there. These pages are simple; others need a parser of HTML.
std::vector<std::string> links_of(std::string_view html) {
  static constexpr std::string_view before = "href=\"";
  std::vector<std::string> links;
  for (std::size_t at = 0; (at = html.find(before, at)) != html.npos;) {
    at += before.size();
    links.emplace_back(html.substr(at, html.find('"', at) - at));
  }
  return links;
}

http::ClientOptions polite() {
  http::ClientOptions options;
  options.per_origin = 8;
  return options;
}

class Crawler {
 public:
  struct Counts {
    int pages = 0, redirects = 0, dead = 0, elsewhere = 0;
    int retries = 0, failed = 0;
  };

  /// Follows links to `host`, on all its ports, and no others.
  explicit Crawler(std::string host) : host_(std::move(host)) {}

  aio::Coro<Counts> crawl(std::string front);

 private:
  aio::Coro<> work();
  aio::Coro<> visit_safely(Url url);
  aio::Coro<> visit(Url url);
  aio::Coro<http::ClientResponse> ask(Url url);
  void found(const Url& from, const std::string& link);

  static constexpr int tries = 4;

  const std::string host_;
  http::Client client_{polite()};
  std::set<std::string> seen_;
  aio::Queue<Url> to_visit_;
  Counts counts_;
};

// [crawl]
/// Twenty tasks take URLs off a queue, and put there what they find. It is over when all that was
/// put has been visited: that the queue is empty says nothing while somebody is reading a page.
aio::Coro<Crawler::Counts> Crawler::crawl(std::string front) {
  found(Url::parse(front), "");
  std::vector<aio::Task<>> workers;
  for (int i = 0; i < 20; ++i) workers.push_back(aio::create_task(work()));
  co_await to_visit_.join();
  to_visit_.shutdown();
  for (const aio::Task<>& worker : workers) co_await worker;
  co_return counts_;
}
// [/crawl]

aio::Coro<> Crawler::work() {
  try {
    while (true) {
      co_await visit_safely(co_await to_visit_.get());
      to_visit_.task_done();
    }
  } catch (const aio::QueueShutDown&) {  // all is done
  }
}

/// A page that cannot be had is no reason to stop.
aio::Coro<> Crawler::visit_safely(Url url) {
  try {
    co_await visit(std::move(url));
  } catch (const std::exception&) {
    ++counts_.failed;
  }
}

// [visit]
/// A redirect is a link as any other: where it leads to may have been visited already.
aio::Coro<> Crawler::visit(Url url) {
  const http::ClientResponse response = co_await ask(url);
  const auto location = response.headers.get("Location");
  if (response.status == 200) ++counts_.pages;
  if (response.status == 404) ++counts_.dead;
  if (response.status == 301) ++counts_.redirects;
  if (location) found(url, std::string(*location));
  for (const std::string& link : links_of(response.body)) found(url, link);
}

void Crawler::found(const Url& from, const std::string& link) {
  try {
    const Url url = from.resolve(link);
    if (url.host() != host_) ++counts_.elsewhere;
    const bool is_new = seen_.insert(url.origin() + url.target()).second;  // without #top
    if (is_new && url.host() == host_) to_visit_.put_nowait(url);
  } catch (const http::UrlError&) {  // mailto:, for example
    ++counts_.elsewhere;
  }
}
// [/visit]

// [ask]
/// Who is busy is asked again, after a while, and after twice as long the next time.
aio::Coro<http::ClientResponse> Crawler::ask(Url url) {
  http::RequestOptions options;
  options.follow = false;
  std::chrono::milliseconds pause = 50ms;
  for (int i = 1;; ++i, pause *= 2) {
    http::ClientResponse response = co_await client_.get(url.text(), options);
    if (response.status != 503 || i == tries) co_return response;
    ++counts_.retries;
    co_await aio::sleep(pause);
  }
}
// [/ask]

aio::Coro<> run() {
  Site site(500);
  co_await site.start();
  Crawler crawler("127.0.0.1");
  const Crawler::Counts counts = co_await crawler.crawl(site.front());
  std::printf("%d pages, %d redirects, %d dead links, %d failures\n", counts.pages,
              counts.redirects, counts.dead, counts.failed);
  std::printf("%d times a page was busy, and was asked again\n", counts.retries);
  std::printf("%d links lead elsewhere\n", counts.elsewhere);
  std::printf("%d requests at a time to one host, at the most\n", site.busiest());
}

}  // namespace

int main() { aio::run(run()); }
