#include <thread>
#include <vector>

#include "harness.h"
#include "pool.h"
#include "tenant.h"

using namespace pixelpool;

// What tenancies are charged, and what goes back when the budget is spent.

namespace {

const std::size_t page = Pages::page_bytes();

// Slots of 1 page, and of 8.
PoolOptions two_sizes(std::size_t budget_pages) {
  PoolOptions options{};
  options.classes = {{page, 8, false, true}, {8 * page, 8, false, true}};
  options.budget = budget_pages * page;
  return options;
}

Demand small() {
  return {0, page};
}
Demand large(std::size_t pages) {
  return {1, pages * page};
}

std::size_t held_pages(const Pool& pool) {
  return pool.stats().held_bytes / page;
}
std::size_t resident_pages(const Pool& pool) {
  return pool.stats().resident_bytes / page;
}

// The slots of so many tenancies that were at once and are over, each written to, oldest first.
std::vector<std::uint32_t> leave_idle(Tenant& tenant, const std::vector<Demand>& demands) {
  std::vector<Grant> grants;
  for (const Demand& demand : demands) {
    grants.push_back(tenant.take(demand));
    tenant.paint(grants.back(), 1);
  }
  std::vector<std::uint32_t> slots;
  for (const Grant& grant : grants) {
    tenant.drop(grant);
    slots.push_back(grant.lease.slot);
  }
  return slots;
}

}  // namespace

TEST("the stats tell what is held, used and asked for, and the sums are right") {
  const auto pool = make(two_sizes(100));
  Tenant tenant(pool);
  const Grant one = tenant.take({0, 10});
  const Grant other = tenant.take({1, 2 * page + 1});
  EXPECT(pool->stats().asked_bytes == 10 + 2 * page + 1);
  EXPECT(pool->stats().used_bytes == 4 * page);
  EXPECT(held_pages(*pool) == 4);
  EXPECT(tenant.bytes(one) == page);
  EXPECT(tenant.bytes(other) == 3 * page);
  tenant.drop(other);
  EXPECT(pool->stats().asked_bytes == 10);
  EXPECT(pool->stats().used_bytes == page);
  EXPECT(held_pages(*pool) == 4);
  EXPECT(pool->stats().held_peak_bytes == 4 * page);
  tenant.drop(one);
  EXPECT(pool->trim() == 0);  // nobody wrote
  EXPECT(held_pages(*pool) == 0);
  EXPECT(pool->stats().held_peak_bytes == 4 * page);
  EXPECT(pool->stats().budget_bytes == 100 * page);
}

TEST("no more goes back than is needed, of the memory that was idle for longest") {
  const auto pool = make(two_sizes(10));
  Tenant tenant(pool);
  leave_idle(tenant, {large(8), small(), small()});
  EXPECT(held_pages(*pool) == 10);
  (void)tenant.take(small());  // a warm slot
  (void)tenant.take(small());
  (void)tenant.take(small());  // a cold one: 1 page of the large slot
  EXPECT(held_pages(*pool) == 10);
  EXPECT(pool->stats().trimmed_bytes == page);
  EXPECT(resident_pages(*pool) == 9);
  const Grant rest = tenant.take(large(7));
  EXPECT(pool->stats().trimmed_bytes == page);
  EXPECT(tenant.shows(rest, 1));
}

TEST("the tail of a leased slot goes back, and its tenant keeps his pixels") {
  const auto pool = make(two_sizes(8));
  Tenant tenant(pool);
  leave_idle(tenant, {large(8)});
  const Grant leased = tenant.take(large(3));
  tenant.paint(leased, 7);
  const Grant other = tenant.take(small());
  EXPECT(pool->stats().trimmed_bytes == page);
  EXPECT(resident_pages(*pool) == 7);
  const Grant more = tenant.take({1, 4 * page});
  tenant.paint(other, 8);
  tenant.paint(more, 9);
  EXPECT(pool->stats().trimmed_bytes == 5 * page);
  EXPECT(tenant.shows(leased, 7));
  EXPECT(resident_pages(*pool) == 8);
  Grant none;
  EXPECT(tenant.take(small(), none) == Status::exhausted);
}

TEST("who was idle for longest pays first, whether free or a tail") {
  const auto pool = make(two_sizes(12));
  Tenant tenant(pool);
  const auto slots = leave_idle(tenant, {large(4), large(4), large(4)});
  const Grant leased = tenant.take(large(2));  // of the slot released last
  EXPECT(leased.lease.slot == slots[2]);
  const std::byte* const first = pool->start(slots[0]);
  const std::byte* const second = pool->start(slots[1]);
  std::vector<Grant> grants;
  for (int i = 0; i < 5; i++) grants.push_back(tenant.take(small()));
  for (std::size_t i = 0; i < 4; i++) EXPECT(first[i * page] == std::byte{0});
  for (std::size_t i = 0; i < 3; i++) EXPECT(second[i * page] == std::byte{1});
  EXPECT(second[3 * page] == std::byte{0});
  EXPECT(tenant.start(leased)[3 * page] == std::byte{1});
}

TEST("nobody is refused as long as enough memory is idle") {
  const auto pool = make(two_sizes(8));
  Tenant tenant(pool);
  leave_idle(tenant, std::vector<Demand>(8, small()));
  const Grant all = tenant.take(large(8));
  EXPECT(held_pages(*pool) == 8);
  EXPECT(pool->stats().trimmed_bytes == 8 * page);
  tenant.drop(all);
  std::vector<Grant> grants;
  for (int i = 0; i < 8; i++) grants.push_back(tenant.take(small()));
  EXPECT(held_pages(*pool) == 8);
}

TEST("nothing goes back for a demand that it could not satisfy") {
  const auto pool = make(two_sizes(8));
  Tenant tenant(pool);
  leave_idle(tenant, {large(4)});
  (void)tenant.take(small());
  Grant none;
  EXPECT(tenant.take(large(8), none) == Status::exhausted);
  EXPECT(pool->stats().trimmed_bytes == 0);
  EXPECT(held_pages(*pool) == 5);
}

TEST("idle memory stays for those whom it is enough for, where it is not for another") {
  const auto pool = make(two_sizes(8));
  Tenant tenant(pool);
  const Grant kept = tenant.take(large(4));
  leave_idle(tenant, {small(), small()});
  Grant none;
  EXPECT(tenant.take(large(8), none) == Status::exhausted);
  EXPECT(held_pages(*pool) == 6);
  EXPECT(pool->stats().trimmed_bytes == 0);
  tenant.drop(kept);
}

TEST("trim takes what a leased slot holds beyond its tenant, and leaves him his pixels") {
  const auto pool = make(two_sizes(16));
  Tenant tenant(pool);
  leave_idle(tenant, {large(8)});
  const Grant narrow = tenant.take(large(2));
  tenant.paint(narrow, 3);
  EXPECT(held_pages(*pool) == 8);
  EXPECT(pool->trim() == 6 * page);
  EXPECT(held_pages(*pool) == 2);
  EXPECT(tenant.shows(narrow, 3));
}

TEST("memory that was given back and is charged again is counted") {
  const auto pool = make(two_sizes(100));
  Tenant tenant(pool);
  leave_idle(tenant, {large(6)});
  EXPECT(pool->trim() == 6 * page);
  EXPECT(pool->stats().regrown_bytes == 0);
  (void)tenant.take(large(4));
  EXPECT(pool->stats().regrown_bytes == 4 * page);
}

TEST("a waiter who needs idle memory of others gets it from the cleaner's thread") {
  const auto pool = make(two_sizes(8));
  Tenant tenant(pool);
  std::vector<Grant> grants;
  for (int i = 0; i < 8; i++) grants.push_back(tenant.take(small()));
  const Ticket ticket = tenant.wait(large(8));
  for (const Grant& grant : grants) tenant.drop(grant);
  Grant grant;
  while (tenant.rings() == 0) std::this_thread::yield();
  EXPECT(tenant.take_grant(grant) == Status::ok);
  EXPECT(grant.ticket == ticket);
  EXPECT(held_pages(*pool) == 8);
  EXPECT(pool->stats().waiting == 0);
}

TEST("all who wait count as demand, by what their slots would hold") {
  const auto pool = make(two_sizes(1));
  Tenant tenant(pool);
  (void)tenant.take({0, 1});
  for (int i = 0; i < 3; i++) (void)tenant.wait({0, 1});
  (void)tenant.wait({1, page + 1});
  const Demands demands = pool->demands();
  EXPECT(demands.peak() == 6 * page);
  EXPECT(demands.sizes()[0].at_once_peak == 4);
  EXPECT(demands.sizes()[1].at_once_peak == 1);
}

TEST("a lease of 1 byte in a slot of huge pages holds a whole one") {
  PoolOptions options{};
  options.classes = {{2 * Pages::huge_bytes, 2, true, true}};
  options.budget = 3 * Pages::huge_bytes;
  const auto pool = make(options);
  Tenant tenant(pool);
  const Grant one = tenant.take({0, 1});
  tenant.paint(one, 1);
  EXPECT(pool->stats().held_bytes == Pages::huge_bytes);
  EXPECT(pool->stats().resident_bytes <= pool->stats().held_bytes);
  (void)tenant.take({0, Pages::huge_bytes + 1});
  EXPECT(pool->stats().held_bytes == 3 * Pages::huge_bytes);
}
