#pragma once
// Exercise fix-16g: the till of a shop, and the bank behind it.

#include <string>

#include <aio/coro.hpp>
#include <aio/lock.hpp>

#include "finding.hpp"

/// It does one thing at a time: nobody may ask for a balance while another one is about to set it.
class Bank {
 public:
  Bank() = default;
  Bank(const Bank&) = delete;
  Bank& operator=(const Bank&) = delete;
  virtual ~Bank() = default;
  virtual aio::Coro<int> balance(std::string account) = 0;
  virtual aio::Coro<> set_balance(std::string account, int cents) = 0;
};

class Printer {
 public:
  Printer() = default;
  Printer(const Printer&) = delete;
  Printer& operator=(const Printer&) = delete;
  virtual ~Printer() = default;
  virtual aio::Coro<> print(std::string receipt) = 0;
};

/// Several customers use it at once. Any of them may lose patience, and is cancelled then.
class Till {
 public:
  Till(Bank& bank, Printer& printer) : bank_(bank), printer_(printer) {}

  /// Takes money from the account, unless there is too little, and prints a receipt: true if it was
  /// paid. The bank serves the next customer while the printer works.
  aio::Coro<bool> pay(std::string account, int cents);
  /// Puts money back, and prints a receipt.
  aio::Coro<> refund(std::string account, int cents);
  /// Prints the balance.
  aio::Coro<> show(std::string account);

 private:
  Bank& bank_;
  Printer& printer_;
  aio::Lock at_the_bank_;
};
