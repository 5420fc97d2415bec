#pragma once
// The book on 127.0.0.1, until Ctrl-C.

#include <cstdint>

#include <aio/coro.hpp>

#include "book.hpp"

namespace book {

/// Serves the book at `port`, or at a port that is free if that is 0 or taken. Says the address,
/// and opens it in a browser if `opens`. Never returns; it ends by being cancelled.
aio::Coro<> serve(Book& book, std::uint16_t port, bool opens);

}  // namespace book
