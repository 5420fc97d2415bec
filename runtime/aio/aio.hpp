#pragma once
// Everything.

#include <aio/address.hpp>
#include <aio/clock.hpp>
#include <aio/connect.hpp>
#include <aio/coro.hpp>
#include <aio/event_loop.hpp>
#include <aio/future.hpp>
#include <aio/gather.hpp>
#include <aio/poller.hpp>
#include <aio/resolve.hpp>
#include <aio/server.hpp>
#include <aio/stream.hpp>
#include <aio/task.hpp>
#include <aio/threads.hpp>
#include <aio/timers.hpp>
#include <aio/wait_for.hpp>
