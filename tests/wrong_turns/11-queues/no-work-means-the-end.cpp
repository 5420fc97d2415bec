// Name: No work means the end
// Says: your worker ends when there is no job in the queue; what is submitted later is done by
//   nobody
// Caught-by: Use11d_Jobs.AWorkerWithoutWorkWaitsForMore

//: use-11d
aio::Coro<> JobRunner::work() {
  try {
    while (!entries_.empty()) {
      Entry entry = co_await entries_.get();
      co_await run(std::move(entry));
    }
  } catch (const aio::QueueShutDown&) {
  }
}
