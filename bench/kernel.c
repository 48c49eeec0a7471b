/* Workload W by hand: an event-driven state machine for this system alone.
 *
 * The yardstick for compiled speed. Same draws (Philox4x32-10 under the same keys), same order of simultaneous events
 * and same rows as the flows in flows.py, so its records have to be equal, row for row. The calendar is a heap with
 * four children in an array, queues are rings, patients lie in a slab. Times are whole seconds.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

enum { CLASSES = 4, RING = 1 << 16, QUEUES = CLASSES + 3 };
enum { PRIMARY, EMERGENCY, WARD, DISCHARGE, STATIONS };
enum { GAP, VISIT, URGENT, STAY, PLAN, DELAY, TO_EMERGENCY, TO_WARD, TO_DISCHARGE, TO_RETURN };
enum { OUT_OF_MEMORY = -1, QUEUE_FULL = -2, ROWS_FULL = -3 };

typedef struct {
    int64_t key, horizon, capacity[STATIONS], priority[CLASSES];
    double gap[CLASSES], to_emergency[CLASSES], to_ward[CLASSES], to_discharge[CLASSES], to_return[CLASSES];
    double primary_mean, primary_median, primary_sigma, emergency_mean, ward_median, ward_sigma, discharge_mean;
    double return_mean;
    int64_t exponential_primary;
} Workload;

typedef struct {
    int32_t *person;
    int64_t *need;
    int16_t *kind, *unit;
    int64_t *asked, *started, *ended;
    int16_t *outcome;
    int32_t *detail;
    int64_t room;
} Rows;

/* A patient waits for a station or is in it; after the stations come the delay and, for the sources, the gap. */
enum { WAITS, IN = STATIONS, IS_AWAY = 2 * STATIONS, IS_SOURCE };

typedef struct {
    int64_t asked, started, ready;
    int32_t person, visit;
    int16_t group, state;
} Patient;

typedef struct {
    int64_t time, key; /* the key is the number of the entry, then its patient */
} Entry;

typedef struct {
    int32_t slot[RING];
    uint32_t head, tail;
} Ring;

typedef struct {
    const Workload *w;
    Rows *rows;
    Entry *heap;
    Patient *patients;
    int32_t *free;
    Ring *queues, *now;
    int64_t time, number, entries, heap_room, free_count, patient_room, written, used[STATIONS], come[CLASSES];
    int64_t busy_seconds[STATIONS];
    int failed;
} Run;

enum { SLOT_BITS = 24 };

/* --- draws ------------------------------------------------------------------------------------------------------- */

static inline double uniform(int64_t key, int64_t person, uint32_t purpose, int64_t need)
{
    uint32_t c0 = (uint32_t)need, c1 = (uint32_t)((uint64_t)need >> 32), c2 = (uint32_t)person, c3 = purpose << 20;
    uint32_t k0 = (uint32_t)key, k1 = (uint32_t)((uint64_t)key >> 32);
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = (uint64_t)c0 * 0xD2511F53u, p1 = (uint64_t)c2 * 0xCD9E8D57u;
        c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
        c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c1 = (uint32_t)p1;
        c3 = (uint32_t)p0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    return ((double)(((uint64_t)c0 << 20) | (c1 >> 12)) + 0.5) * 0x1p-52;
}

static inline double polynomial(const double *coefficients, double x)
{
    double sum = coefficients[0];
    for (int i = 1; i < 8; i++)
        sum = sum * x + coefficients[i];
    return sum;
}

/* Wichura's algorithm AS 241. */
static inline double normal_quantile(double p)
{
    static const double a[] = {2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4,
                               4.5921953931549871457e4, 1.3731693765509461125e4, 1.9715909503065514427e3,
                               1.3314166789178437745e2, 3.3871328727963666080e0};
    static const double b[] = {5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4,
                               2.1213794301586595867e4, 5.3941960214247511077e3, 6.8718700749205790830e2,
                               4.2313330701600911252e1, 1.0};
    static const double c[] = {7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
                               1.27045825245236838258e0, 3.64784832476320460504e0, 5.76949722146069140550e0,
                               4.63033784615654529590e0, 1.42343711074968357734e0};
    static const double d[] = {1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
                               1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940e0,
                               2.05319162663775882187e0, 1.0};
    static const double e[] = {2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
                               2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580e0,
                               5.46378491116411436990e0, 6.65790464350110377720e0};
    static const double f[] = {2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5,
                               7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1,
                               5.99832206555887937690e-1, 1.0};
    double q = p - 0.5, r, value;
    if (fabs(q) <= 0.425) {
        r = 0.180625 - q * q;
        return q * polynomial(a, r) / polynomial(b, r);
    }
    r = sqrt(-log(q < 0 ? p : 1.0 - p));
    value = r <= 5.0 ? polynomial(c, r - 1.6) / polynomial(d, r - 1.6) : polynomial(e, r - 5.0) / polynomial(f, r - 5.0);
    return q < 0 ? -value : value;
}

static inline int64_t seconds(double x) { return (int64_t)floor(x + 0.5); }

static inline int64_t exponential(const Run *run, int64_t person, uint32_t purpose, int64_t need, double mean)
{
    return seconds(-log(uniform(run->w->key, person, purpose, need)) * mean);
}

static inline int64_t lognormal(const Run *run, const Patient *p, uint32_t purpose, double median, double sigma)
{
    return seconds(median * exp(sigma * normal_quantile(uniform(run->w->key, p->person, purpose, p->visit))));
}

static inline int happens(const Run *run, const Patient *p, uint32_t purpose, const double *share)
{
    return uniform(run->w->key, p->person, purpose, p->visit) < share[p->group];
}

/* --- calendar and queues ----------------------------------------------------------------------------------------- */

static inline int before(Entry a, Entry b) { return a.time < b.time || (a.time == b.time && a.key < b.key); }

static inline int empty(const Ring *ring) { return ring->head == ring->tail; }

static inline void put(Run *run, Ring *ring, int32_t slot)
{
    if (ring->tail - ring->head == RING)
        run->failed = QUEUE_FULL;
    ring->slot[ring->tail++ % RING] = slot;
}

static inline int32_t take(Ring *ring) { return ring->slot[ring->head++ % RING]; }

static void plan(Run *run, int32_t slot, int64_t delay)
{
    if (delay == 0) {
        put(run, run->now, slot);
        return;
    }
    if (run->entries == run->heap_room) {
        Entry *longer = realloc(run->heap, 2 * sizeof(Entry) * (size_t)run->heap_room);
        if (!longer) {
            run->failed = OUT_OF_MEMORY;
            return;
        }
        run->heap = longer;
        run->heap_room *= 2;
    }
    Entry *heap = run->heap, entry = {run->time + delay, ++run->number << SLOT_BITS | slot};
    int64_t i = run->entries++;
    while (i > 0 && before(entry, heap[(i - 1) / 4])) {
        heap[i] = heap[(i - 1) / 4];
        i = (i - 1) / 4;
    }
    heap[i] = entry;
}

static int32_t next_planned(Run *run)
{
    Entry *heap = run->heap;
    int32_t slot = (int32_t)(heap[0].key & ((1 << SLOT_BITS) - 1));
    int64_t n = --run->entries, i = 0, child;
    Entry last = heap[n];
    while ((child = 4 * i + 1) < n) {
        int64_t end = child + 4 < n ? child + 4 : n, least = child;
        for (int64_t other = child + 1; other < end; other++)
            if (before(heap[other], heap[least]))
                least = other;
        if (before(last, heap[least]))
            break;
        heap[i] = heap[least];
        i = least;
    }
    heap[i] = last;
    return slot;
}

/* --- patients ---------------------------------------------------------------------------------------------------- */

static int32_t new_patient(Run *run)
{
    if (run->free_count == 0) {
        int64_t old = run->patient_room, room = 2 * old;
        Patient *patients = realloc(run->patients, sizeof(Patient) * (size_t)room);
        if (patients)
            run->patients = patients;
        int32_t *slots = realloc(run->free, sizeof(int32_t) * (size_t)room);
        if (slots)
            run->free = slots;
        if (!patients || !slots) {
            run->failed = OUT_OF_MEMORY;
            return 0;
        }
        for (int64_t slot = room - 1; slot >= old; slot--)
            run->free[run->free_count++] = (int32_t)slot;
        run->patient_room = room;
    }
    return run->free[--run->free_count];
}

static void leave(Run *run, int32_t slot) { run->free[run->free_count++] = slot; }

static void write_row(Run *run, const Patient *p, int16_t station, int64_t asked, int64_t started)
{
    Rows *rows = run->rows;
    int64_t row = run->written++;
    if (row >= rows->room) {
        run->failed = ROWS_FULL;
        return;
    }
    rows->person[row] = p->person;
    rows->need[row] = p->visit;
    rows->kind[row] = p->group;
    rows->unit[row] = station;
    rows->asked[row] = asked;
    rows->started[row] = started;
    rows->ended[row] = run->time;
    rows->outcome[row] = 0;
    rows->detail[row] = 0;
}

static inline void begin(Run *run, int32_t slot, int station)
{
    const Workload *w = run->w;
    Patient *p = run->patients + slot;
    int64_t length;
    p->state = (int16_t)(IN + station);
    if (station == PRIMARY)
        length = w->exponential_primary ? exponential(run, p->person, VISIT, p->visit, w->primary_mean)
                                        : lognormal(run, p, VISIT, w->primary_median, w->primary_sigma);
    else if (station == EMERGENCY)
        length = exponential(run, p->person, URGENT, p->visit, w->emergency_mean);
    else if (station == WARD)
        length = lognormal(run, p, STAY, w->ward_median, w->ward_sigma);
    else
        length = exponential(run, p->person, PLAN, p->visit, w->discharge_mean);
    if (station != DISCHARGE)
        p->started = run->time;
    plan(run, slot, length);
}

/* A queue of its own for each priority of the emergency department. */
static inline int queue_of(const Run *run, int station, int group)
{
    if (station == EMERGENCY)
        return (int)run->w->priority[group];
    return station == PRIMARY ? CLASSES : CLASSES + station - 1;
}

static inline void release(Run *run, int station)
{
    int queue = queue_of(run, station, 0), end = queue + 1;
    run->busy_seconds[station] += run->time;
    if (station == EMERGENCY)
        queue = 0, end = CLASSES;
    for (; queue < end; queue++)
        if (!empty(run->queues + queue)) {
            /* The unit passes on; its new owner begins when what is already due at this instant is over. */
            run->busy_seconds[station] -= run->time;
            put(run, run->now, take(run->queues + queue));
            return;
        }
    run->used[station]--;
}

static void discharge(Run *run, int32_t slot);

static inline void ask(Run *run, int32_t slot, int station)
{
    Patient *p = run->patients + slot;
    if (station == DISCHARGE)
        p->ready = run->time;
    else
        p->asked = run->time;
    if (run->used[station] < run->w->capacity[station]) {
        run->used[station]++;
        run->busy_seconds[station] -= run->time;
        if (station == DISCHARGE)
            discharge(run, slot);
        else
            begin(run, slot, station);
    } else {
        p->state = (int16_t)(WAITS + station);
        put(run, run->queues + queue_of(run, station, p->group), slot);
    }
}

/* A discharge server is there: the bed is free, and the way home begins. */
static void discharge(Run *run, int32_t slot)
{
    Patient *p = run->patients + slot;
    release(run, WARD);
    write_row(run, p, WARD, p->asked, p->started);
    p->started = run->time;
    begin(run, slot, DISCHARGE);
}

static void after_ward(Run *run, int32_t slot)
{
    Patient *p = run->patients + slot;
    if (!happens(run, p, TO_RETURN, run->w->to_return)) {
        leave(run, slot);
        return;
    }
    p->state = IS_AWAY;
    plan(run, slot, exponential(run, p->person, DELAY, p->visit, run->w->return_mean));
}

static void arrive(Run *run, int32_t source)
{
    int group = run->patients[source].group;
    int64_t n = run->come[group]++;
    plan(run, source, exponential(run, group, GAP, n + 1, run->w->gap[group]));
    int32_t slot = new_patient(run);
    Patient *p = run->patients + slot;
    p->person = (int32_t)(n * CLASSES + group);
    p->group = (int16_t)group;
    p->visit = 0;
    ask(run, slot, PRIMARY);
}

static void leave_primary(Run *run, int32_t slot)
{
    Patient *p = run->patients + slot;
    release(run, PRIMARY);
    write_row(run, p, PRIMARY, p->asked, p->started);
    if (happens(run, p, TO_EMERGENCY, run->w->to_emergency))
        ask(run, slot, EMERGENCY);
    else
        leave(run, slot);
}

static void leave_emergency(Run *run, int32_t slot)
{
    Patient *p = run->patients + slot;
    release(run, EMERGENCY);
    write_row(run, p, EMERGENCY, p->asked, p->started);
    if (happens(run, p, TO_WARD, run->w->to_ward))
        ask(run, slot, WARD);
    else
        leave(run, slot);
}

static void end_stay(Run *run, int32_t slot)
{
    Patient *p = run->patients + slot;
    if (happens(run, p, TO_DISCHARGE, run->w->to_discharge)) {
        ask(run, slot, DISCHARGE);
        return;
    }
    release(run, WARD);
    write_row(run, p, WARD, p->asked, p->started);
    after_ward(run, slot);
}

static void go_on(Run *run, int32_t slot)
{
    Patient *p = run->patients + slot;
    switch (p->state) {
    case WAITS + DISCHARGE:
        discharge(run, slot);
        break;
    case IN + PRIMARY:
        leave_primary(run, slot);
        break;
    case IN + EMERGENCY:
        leave_emergency(run, slot);
        break;
    case IN + WARD:
        end_stay(run, slot);
        break;
    case IN + DISCHARGE:
        release(run, DISCHARGE);
        write_row(run, p, DISCHARGE, p->ready, p->started);
        after_ward(run, slot);
        break;
    case IS_AWAY:
        p->visit++;
        ask(run, slot, PRIMARY);
        break;
    case IS_SOURCE:
        arrive(run, slot);
        break;
    default:
        begin(run, slot, p->state);
    }
}

/* --- the run ----------------------------------------------------------------------------------------------------- */

static void loop(Run *run)
{
    for (int group = 0; group < CLASSES; group++) {
        int32_t slot = new_patient(run);
        run->patients[slot].group = (int16_t)group;
        run->patients[slot].state = IS_SOURCE;
        plan(run, slot, exponential(run, group, GAP, 0, run->w->gap[group]));
    }
    while (!run->failed) {
        int waiting = !empty(run->now);
        if (run->entries && (!waiting || run->heap[0].time == run->time)) {
            if (run->heap[0].time >= run->w->horizon)
                break;
            run->time = run->heap[0].time;
            go_on(run, next_planned(run));
        } else if (waiting)
            go_on(run, take(run->now));
        else
            break;
    }
}

/* Simulate W; returns the number of rows, or a negative number for what was full. */
int64_t simulate(const Workload *w, Rows *rows, double *in_use)
{
    Run run = {.w = w, .rows = rows, .heap_room = 1024, .patient_room = 1024};
    run.heap = malloc(sizeof(Entry) * 1024);
    run.patients = malloc(sizeof(Patient) * 1024);
    run.free = malloc(sizeof(int32_t) * 1024);
    run.queues = calloc(QUEUES + 1, sizeof(Ring));
    if (run.heap && run.patients && run.free && run.queues) {
        run.now = run.queues + QUEUES;
        for (int32_t slot = 1023; slot >= 0; slot--)
            run.free[run.free_count++] = slot;
        loop(&run);
    } else
        run.failed = OUT_OF_MEMORY;
    for (int station = 0; station < STATIONS; station++)
        in_use[station] = (double)(run.busy_seconds[station] + run.used[station] * w->horizon) / (double)w->horizon;
    free(run.heap);
    free(run.patients);
    free(run.free);
    free(run.queues);
    return run.failed ? run.failed : run.written;
}
