// Exercise use-14e. Check it with: ./learn check use-14e
// use-14e: many commands, and what they say. A semaphore is the limit, a process group what is
// killed.

#include <cstddef>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <signal.h>

#include <aio/coro.hpp>
#include <aio/gather.hpp>
#include <aio/process.hpp>
#include <aio/semaphore.hpp>
#include <aio/support/errors.hpp>
#include <aio/wait_for.hpp>
#include <aio/support/todo.hpp>

#include "run_all.hpp"

//: use-14e a turn for each, then communicate() within the limit; otherwise kill the whole group
aio::Coro<std::vector<Ran>> run_all(std::vector<std::string> commands, std::size_t at_once,
                                    aio::Delay limit) {
  AIO_TODO("use-14e",
           "a turn for each, then communicate() within the limit; otherwise kill the whole group");
}
