// Exercise use-14d. Check it with: ./learn check use-14d
// use-14d: the fingerprints of many files. An executor is the limit, gather() keeps the order.

#include <cstddef>
#include <exception>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <aio/gather.hpp>
#include <aio/threads.hpp>
#include <aio/support/todo.hpp>

#include "fingerprints.hpp"

//: use-14d so many threads, a coroutine for each file, and the loop tells how far it is
aio::Coro<std::vector<std::string>> fingerprints(std::vector<std::filesystem::path> files,
                                                 Fingerprint of, std::size_t at_once,
                                                 Progress progress) {
  AIO_TODO("use-14d",
           "so many threads, a coroutine for each file, and the loop tells how far it is");
}
