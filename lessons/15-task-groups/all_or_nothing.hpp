#pragma once
// Exercise use-15c: many pages, or the reason why not.

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include <aio/coro.hpp>

/// Gives the text of a page, or throws.
using Fetch = std::function<aio::Coro<std::string>(std::string)>;

/// The texts of all pages, in their order, fetched `at_once` at a time (at least 1). As soon as one
/// fails, nobody needs the others: they are cancelled, and no other begins. Throws the error of the
/// one that failed first, as it is, not in a group; CancelledError when it is cancelled. When this
/// returns or throws, no page is being fetched any more.
aio::Coro<std::vector<std::string>> fetch_all(std::vector<std::string> pages, Fetch fetch,
                                              std::size_t at_once);
