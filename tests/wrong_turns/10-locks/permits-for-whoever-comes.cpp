// Name: Giving a reserved permit to a newcomer
// Says: your semaphore looks only at the number of permits; those on their way to one are overtaken
// From: asyncio.Semaphore before 3.10.8 (gh-90155)
// Caught-by: Step4_Semaphore.APermitIsReservedForTheOneWhoWasWoken

struct Semaphore {
  bool locked() const { return free_ == 0; }
};
