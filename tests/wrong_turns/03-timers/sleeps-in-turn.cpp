// Name: Sleeping in turn
// Says: each number waits until the one before has slept; all of them should sleep at the same time
// Caught-by: Use3b_SleepSort.Sorts, Use3b_SleepSort.TheLongestSleepIsHowLongItTakes

//: use-3b
std::vector<int> sleep_sort(const std::vector<int>& numbers, aio::VirtualClock& clock) {
  aio::TimerQueue queue;
  std::vector<Sleeper> sleepers(numbers.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    sleepers[i].number = numbers[i];
  }
  std::vector<int> awake;
  for (Sleeper& sleeper : sleepers) {
    queue.push(clock.now() + std::chrono::seconds(sleeper.number), sleeper);
    clock.idle_until(queue.next_deadline());
    while (aio::Timer* due = queue.pop_due(clock.now())) {
      awake.push_back(static_cast<Sleeper*>(due)->number);
    }
  }
  return awake;
}
