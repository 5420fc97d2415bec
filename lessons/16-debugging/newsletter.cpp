// The hunt, fix-16c: a newsletter, and a post office that says what it gets.

#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include <aio/coro.hpp>
#include <aio/task.hpp>

#include "../../exercises/16-debugging/fix-16c.cpp"

namespace {

class Counter final : public PostOffice {
 public:
  aio::Coro<> open() override {
    std::puts("the post office opens");
    co_return;
  }
  aio::Coro<> post(std::string reader, std::string letter) override {
    co_await aio::sleep(std::chrono::milliseconds(100));
    if (reader == "Ben") throw Undeliverable("Ben has moved");
    std::printf("a letter of %d letters for %s\n", static_cast<int>(letter.size()), reader.c_str());
  }
  aio::Coro<> close() override {
    std::puts("the post office closes");
    co_return;
  }
};

aio::Coro<> send_issue() {
  const std::vector<std::string> readers = {"Cleo", "Anna", "Ben", "Anna"};
  Counter office;
  const Report report = co_await publish(office, readers, "It is winter again.");
  std::printf("sent: %d, returned: %d\n", report.sent, static_cast<int>(report.returned.size()));
}

}  // namespace

int main() { aio::run(send_issue()); }
