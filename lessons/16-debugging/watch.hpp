#pragma once
// Exercise fix-16b: prices from several shops.

#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include <aio/coro.hpp>

#include "finding.hpp"

/// The shop has too many customers just now.
struct ShopBusy : std::runtime_error {
  ShopBusy() : std::runtime_error("the shop is busy") {}
};

/// Asks a shop what a thing costs. Throws ShopBusy.
using Ask = std::function<aio::Coro<int>(std::string shop, std::string thing)>;

struct Offer {
  std::string shop;
  int price = 0;
  bool operator==(const Offer&) const = default;
};

/// Asks all shops at the same time for the price of `thing`, and gives the best offer; one without
/// a shop if there is none. Questions are `gap` apart, whichever shop they go to; the first one is
/// asked at once. A shop that is busy is asked again, twice at most. Whatever else is on the loop
/// goes on meanwhile.
aio::Coro<Offer> best_offer(Ask ask, std::vector<std::string> shops, std::string thing,
                            std::chrono::milliseconds gap);
