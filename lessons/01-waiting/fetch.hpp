#pragma once
// What exercise use-1c and its test share.

#include <string>
#include <vector>

#include <aio/aio.hpp>

/// Asks a server for a page. The answer comes after half a second. (The test plays the server.)
aio::Coro<std::string> fetch(int page);

/// Fetches the pages 0, 1, … pages - 1, all at once. Returns the answers in the order of the pages.
aio::Coro<std::vector<std::string>> fetch_all(int pages);
