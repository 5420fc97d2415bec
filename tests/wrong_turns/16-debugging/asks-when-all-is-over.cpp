// Name: Asks when all is over
// Says: you ask for the exception at the end, and until then everything is recorded for nothing
// Caught-by: Fix16d_Station.AFullArchiveIsToldAtOnce

struct Recorder {
  aio::Coro<int> record() {
    const aio::Task<> writer = aio::create_task(write(), "writer");
    const int readings = co_await read();
    co_await writer;
    co_return readings;
  }
};
