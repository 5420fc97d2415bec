// fix-16c: a newsletter goes to all of its readers.

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <aio/task.hpp>

#include "newsletter.hpp"

//: fix-16c now
Finding found() { return {Fault::never_awaited, "send_to_all"}; }
//: fix-16c was
// /// Your answer: the fault, as finding.hpp calls it, and the function that holds it.
// Finding found() { return {Fault::not_found_yet, "?"}; }
//: fix-16c end

namespace {

class Newsletter {
 public:
  Newsletter(PostOffice& office, std::vector<std::string> readers, std::string issue)
      : office_(office), readers_(std::move(readers)), issue_(std::move(issue)) {}

  aio::Coro<Report> publish() {
    tidy();
    co_await office_.open();
    //: fix-16c now
    co_await send_to_all();
    //: fix-16c was
    // send_to_all();
    //: fix-16c end
    co_await office_.close();
    co_return report_;
  }

 private:
  /// Nobody gets it twice, and the order is that of the alphabet.
  void tidy() {
    std::ranges::sort(readers_);
    const auto twice = std::ranges::unique(readers_);
    readers_.erase(twice.begin(), twice.end());
  }

  std::string letter_to(std::string_view reader) const {
    return "Dear " + std::string(reader) + ",\n\n" + issue_;
  }

  aio::Coro<> send_to(std::string reader) {
    try {
      co_await office_.post(reader, letter_to(reader));
      ++report_.sent;
    } catch (const Undeliverable&) {
      report_.returned.push_back(reader);
    }
  }

  //: fix-16c now
  aio::Coro<> send_to_all() {
    for (const std::string& reader : readers_) co_await send_to(reader);
  }
  //: fix-16c was
  // void send_to_all() {
  //   std::for_each(readers_.begin(), readers_.end(),
  //                 [this](const std::string& reader) { return send_to(reader); });
  // }
  //: fix-16c end

  PostOffice& office_;
  std::vector<std::string> readers_;
  const std::string issue_;
  Report report_;
};

}  // namespace

aio::Coro<Report> publish(PostOffice& office, std::vector<std::string> readers, std::string issue) {
  Newsletter newsletter(office, std::move(readers), std::move(issue));
  co_return co_await newsletter.publish();
}
