// fix-16h: a printer that many use, with an entrance for those in a hurry.

//: fix-16h now
//: fix-16h was
// #include <chrono>
//: fix-16h end
#include <deque>
#include <memory>
#include <string>
#include <utility>

#include <aio/coro.hpp>
//: fix-16h now
#include <aio/event.hpp>
//: fix-16h was
//: fix-16h end
#include <aio/task.hpp>

#include "spooler.hpp"

//: fix-16h now
Finding found() { return {Fault::busy_loop, "next"}; }
//: fix-16h was
// /// Your answer: the fault, as finding.hpp calls it, and the function that holds it.
// Finding found() { return {Fault::not_found_yet, "?"}; }
//: fix-16h end

namespace {

//: fix-16h now
//: fix-16h was
// using namespace std::chrono_literals;
//
//: fix-16h end
/// Two queues: the urgent ones, and all others.
class Jobs {
 public:
  void add(Job job) {
    (job.urgent ? urgent_ : others_).push_back(std::move(job));
    //: fix-16h now
    some_.set();
    //: fix-16h was
    //: fix-16h end
  }

  //: fix-16h now
  aio::Coro<Job> next() {
    while (empty()) {
      some_.clear();
      co_await some_.wait();
    }
    co_return take();
  }
  //: fix-16h was
  // aio::Coro<Job> next() {
  //   while (empty()) co_await aio::sleep(0s);  // let the others have their turn
  //   co_return take();
  // }
  //: fix-16h end

 private:
  bool empty() const { return urgent_.empty() && others_.empty(); }

  Job take() {
    std::deque<Job>& first = urgent_.empty() ? others_ : urgent_;
    Job job = std::move(first.front());
    first.pop_front();
    return job;
  }

  std::deque<Job> urgent_{}, others_{};
  //: fix-16h now
  aio::Event some_{};
  //: fix-16h was
  //: fix-16h end
};

class QueueingSpooler final : public Spooler {
 public:
  explicit QueueingSpooler(Device& device) : device_(device) {}

  void submit(Job job) override { jobs_.add(std::move(job)); }

  aio::Coro<> work() override {
    for (;;) {
      const Job job = co_await jobs_.next();
      co_await device_.print(job.title);
    }
  }

 private:
  Device& device_;
  Jobs jobs_{};
};

}  // namespace

std::unique_ptr<Spooler> make_spooler(Device& device) {
  return std::make_unique<QueueingSpooler>(device);
}
