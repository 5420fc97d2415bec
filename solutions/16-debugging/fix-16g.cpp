// fix-16g: the till of a shop. Only one customer at a time is at the bank.

#include <string>
#include <utility>

#include <aio/coro.hpp>
#include <aio/lock.hpp>

#include "till.hpp"

//: fix-16g now
Finding found() { return {Fault::lock_kept, "pay"}; }
//: fix-16g was
// /// Your answer: the fault, as finding.hpp calls it, and the function that holds it.
// Finding found() { return {Fault::not_found_yet, "?"}; }
//: fix-16g end

namespace {

std::string receipt(const std::string& what, int cents) {
  const std::string rest = std::to_string(cents % 100);
  return what + " " + std::to_string(cents / 100) + "." + (rest.size() < 2 ? "0" : "") + rest;
}

}  // namespace

aio::Coro<bool> Till::pay(std::string account, int cents) {
  //: fix-16g now
  aio::Lock::Guard turn = co_await at_the_bank_.scoped();
  //: fix-16g was
  // co_await at_the_bank_.acquire();
  //: fix-16g end
  const int balance = co_await bank_.balance(account);
  const bool enough = balance >= cents;
  if (enough) co_await bank_.set_balance(account, balance - cents);
  //: fix-16g now
  turn.release();  // the printer is slow
  //: fix-16g was
  // at_the_bank_.release();  // the printer is slow
  //: fix-16g end
  co_await printer_.print(receipt(enough ? "paid" : "not paid", cents));
  co_return enough;
}

aio::Coro<> Till::refund(std::string account, int cents) {
  {
    const auto turn = co_await at_the_bank_.scoped();
    const int balance = co_await bank_.balance(account);
    co_await bank_.set_balance(account, balance + cents);
  }
  co_await printer_.print(receipt("refunded", cents));
}

aio::Coro<> Till::show(std::string account) {
  int balance = 0;
  {
    const auto turn = co_await at_the_bank_.scoped();
    balance = co_await bank_.balance(account);
  }
  co_await printer_.print(receipt("balance of " + account + ":", balance));
}
