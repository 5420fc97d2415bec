// Name: The reader stays
// Says: the writer's exception ends record(), and the task that reads goes on with what is gone
// Caught-by: Fix16d_Station.NothingIsLeftWhenItHasThrown

struct Recorder {
  aio::Coro<int> record() {
    const aio::Task<int> reader = aio::create_task(read(), "reader");
    const aio::Task<> writer = aio::create_task(write(), "writer");
    co_await writer;
    co_return co_await reader;
  }
};
