#pragma once
// Exercise fix-13c: a crawler.

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include <aio/coro.hpp>

/// Fetches a page, and gives the pages that it links to. Throws when it cannot be fetched.
using Fetch = std::function<aio::Coro<std::vector<std::string>>(std::string)>;

struct Crawled {
  std::set<std::string> pages;   // that were fetched
  std::set<std::string> failed;  // that could not be
};

/// Fetches `start`, and all pages that can be reached from there, each once, with `workers` at a
/// time as long as there are so many to fetch. A page that fails is noted, and stops nothing.
/// Cancelled, nothing goes on.
aio::Coro<Crawled> crawl(Fetch fetch, std::string start, std::size_t workers);
