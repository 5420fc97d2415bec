#pragma once
// Exercise fix-16i: rates of currencies, from a server that answers out of order.

#include <map>
#include <string>
#include <vector>

#include <aio/coro.hpp>

#include "finding.hpp"

using Rates = std::map<std::string, double>;

struct Answer {
  int number = 0;  // that of the question
  double rate = 0;
};

/// A connection to the server. Each question has a number, and so has its answer.
class Wire {
 public:
  Wire() = default;
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  virtual ~Wire() = default;
  /// Returns when the question is on its way.
  virtual aio::Coro<> send(int number, std::string currency) = 0;
  /// The next answer, whichever question it belongs to.
  virtual aio::Coro<Answer> receive() = 0;
};

/// Asks for all rates at the same time. An answer that does not come within two seconds is replaced
/// by yesterday's rate.
aio::Coro<Rates> rates_of_today(Wire& wire, std::vector<std::string> currencies, Rates yesterday);
