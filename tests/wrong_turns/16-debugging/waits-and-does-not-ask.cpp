// Name: Waits and does not ask
// Says: wait() tells you that the task has ended, and not how: its exception is lost
// Caught-by: Fix16d_Station.AFullArchiveIsToldAtOnce

struct Recorder {
  aio::Coro<int> record() {
    const aio::Task<> writer = aio::create_task(write(), "writer");
    const int readings = co_await read();
    while (!writer.done()) co_await aio::sleep(std::chrono::milliseconds(1));
    co_return readings;
  }
};
