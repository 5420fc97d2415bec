// Exercise use-15d. Check it with: ./learn check use-15d
// use-15d: a pool of connections. A permit for each that may be lent, and a list of those that lie
// idle.

#include <cstddef>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <aio/connect.hpp>
#include <aio/coro.hpp>
#include <aio/stream.hpp>
#include <aio/support/todo.hpp>

#include "pool.hpp"

Pool::Pool(std::string path, std::size_t most)
    : path_(std::move(path)), permits_(static_cast<long>(most)) {}

//: use-15d wait for a permit, then take a connection that lies idle, or make one
aio::Coro<Lease> Pool::lend() {
  AIO_TODO("use-15d", "wait for a permit, then take a connection that lies idle, or make one");
}

//: use-15d keep it if it is clean, close it otherwise; whatever happens, the permit is free then
aio::Coro<> Lease::aclose() {
  AIO_TODO("use-15d",
           "keep it if it is clean, close it otherwise; whatever happens, the permit is free "
           "then");
}

//: use-15d close all of them, then wait for each
aio::Coro<> Pool::aclose() {
  AIO_TODO("use-15d", "close all of them, then wait for each");
}
