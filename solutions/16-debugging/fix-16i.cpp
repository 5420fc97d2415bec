// fix-16i: rates of currencies, from a server that answers out of order.

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <aio/future.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>
#include <aio/task_group.hpp>
#include <aio/wait_for.hpp>

#include "rates.hpp"

//: fix-16i now
Finding found() { return {Fault::hidden_by_time_out, "ask"}; }
//: fix-16i was
// /// Your answer: the fault, as finding.hpp calls it, and the function that holds it.
// Finding found() { return {Fault::not_found_yet, "?"}; }
//: fix-16i end

namespace {

using namespace std::chrono_literals;

class Client {
 public:
  explicit Client(Wire& wire) : wire_(wire) {}

  /// Gives each answer to whoever has asked. For ever.
  aio::Coro<> distribute() {
    for (;;) {
      const Answer answer = co_await wire_.receive();
      const auto found = open_.find(answer.number);
      if (found == open_.end() || found->second.done()) continue;  // nobody waits for it any more
      found->second.set_result(answer.rate);
    }
  }

  aio::Coro<double> rate(std::string currency, double yesterday) {
    try {
      co_return co_await aio::wait_for(ask(currency), 2s);
    } catch (const aio::TimeoutError&) {  // better an old rate than none
      co_return yesterday;
    }
  }

 private:
  /// An open question, for as long as this lives.
  class Question {
   public:
    Question(Client& client, int number) : client_(client), number_(number) {
      client_.open_.emplace(number_, answer_);
    }
    Question(const Question&) = delete;
    Question& operator=(const Question&) = delete;
    ~Question() { client_.open_.erase(number_); }
    const aio::Future<double>& answer() const { return answer_; }

   private:
    Client& client_;
    const int number_;
    const aio::Future<double> answer_{};
  };

  //: fix-16i now
  aio::Coro<double> ask(std::string currency) {
    const int number = ++last_;
    const Question question(*this, number);
    co_await wire_.send(number, currency);
    co_return co_await question.answer();
  }
  //: fix-16i was
  // aio::Coro<double> ask(std::string currency) {
  //   const int number = ++last_;
  //   co_await wire_.send(number, currency);
  //   const Question question(*this, number);
  //   co_return co_await question.answer();
  // }
  //: fix-16i end

  Wire& wire_;
  int last_ = 0;
  std::map<int, aio::Future<double>> open_{};  // by number
};

}  // namespace

aio::Coro<Rates> rates_of_today(Wire& wire, std::vector<std::string> currencies, Rates yesterday) {
  Client client(wire);
  Rates today;
  auto ask_all = [&](aio::TaskGroup& group) -> aio::Coro<> {
    const aio::Task<> distributor = group.create_task(client.distribute(), "distributor");
    std::vector<aio::Task<double>> asked;
    for (const std::string& each : currencies) {
      asked.push_back(group.create_task(client.rate(each, yesterday[each]), each));
    }
    for (std::size_t i = 0; i < asked.size(); ++i) today[currencies[i]] = co_await asked[i];
    distributor.cancel();
  };
  co_await aio::task_group(ask_all);
  co_return today;
}
