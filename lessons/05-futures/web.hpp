#pragma once
// Exercise use-5c: pages that lead to other pages, and take a second each.

#include <chrono>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <aio/event_loop.hpp>
#include <aio/future.hpp>

/// Pages by their path. The loop must outlive it.
class Web {
 public:
  Web(aio::EventLoop& loop, std::map<std::string, std::string> pages)
      : loop_(loop), pages_(std::move(pages)) {}

  /// The page, in a second; or std::runtime_error when there is none.
  aio::Future<std::string> fetch(const std::string& path) {
    requests_.push_back(path);
    const aio::Future<std::string> page(loop_);
    under_way_.push_back(page);
    loop_.call_later(std::chrono::seconds(1), [this, path, page] { answer(path, page); });
    return page;
  }

  /// Cancels every request that has not been answered.
  void disconnect() {
    for (const auto& page : std::exchange(under_way_, {})) page.cancel();
  }

  /// The paths that were asked for, in order.
  const std::vector<std::string>& requests() const { return requests_; }
  aio::EventLoop& loop() const { return loop_; }

 private:
  void answer(const std::string& path, const aio::Future<std::string>& page) const {
    if (page.done()) return;  // it was cancelled, and the answer comes too late
    const auto found = pages_.find(path);
    if (found != pages_.end()) return page.set_result(found->second);
    page.set_exception(std::runtime_error(path + ": 404 not found"));
  }

  aio::EventLoop& loop_;
  const std::map<std::string, std::string> pages_;
  std::vector<std::string> requests_{};
  std::vector<aio::Future<std::string>> under_way_{};
};

/// What stands behind "name: " in a page, up to the end of the line. Throws std::runtime_error when
/// there is no such line.
inline std::string field(std::string_view page, const std::string& name) {
  const std::string label = name + ": ";
  const auto begin = page.find(label);
  if (begin == std::string_view::npos) throw std::runtime_error("this page has no " + name);
  const auto value = page.substr(begin + label.size());
  return std::string(value.substr(0, value.find('\n')));
}

/// Who wrote today's first article? The page "/" has a line "article: PATH"; that page has a line
/// "author: PATH"; and that one has a line "name: NAME", which is the result.
///
/// Whatever fails on the way is the result's failure; a request that is cancelled cancels it. When
/// somebody cancels the result, no further request is made.
aio::Future<std::string> author_of_the_day(Web& web);
