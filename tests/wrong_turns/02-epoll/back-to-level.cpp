// Name: Back to level-triggered
// Says: you took the edge away, so the fault is gone and the exercise too
// Caught-by: Fix2c_EdgeTriggered.StaysEdgeTriggered

Collector::Collector(aio::Poller& poller, int fd) : fd_(fd) {
  poller.watch(fd, Interest::read, this);
}
