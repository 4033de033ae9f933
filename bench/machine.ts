import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, release, totalmem, type } from 'node:os'

/** Where and when numbers were measured: a number without that says nothing. */
export interface Machine {
  readonly date: string
  readonly node: string
  readonly v8: string
  readonly system: string
  readonly processor: string
  readonly cores: number
  readonly memoryGb: number
  /** What the kernel does about huge pages; null where there is no such setting. */
  readonly hugePages: string | null
}

export function describeMachine(node: string): Machine {
  const script = 'JSON.stringify([process.versions.node, process.versions.v8])'
  const [version, v8] = JSON.parse(execFileSync(node, ['-p', script], { encoding: 'utf8' }))
  return {
    date: new Date().toISOString().slice(0, 10),
    node: version,
    v8,
    system: `${type()} ${release()}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 1e9),
    hugePages: hugePages(),
  }
}

export function machineLine(machine: Machine): string {
  const { date, node, v8, system, processor, cores, memoryGb } = machine
  const pages = machine.hugePages === null ? '' : `, huge pages ${machine.hugePages}`
  return `${date}, Node ${node} (V8 ${v8}), ${cores} x ${processor}, ${memoryGb} GB, ${system}${pages}`
}

function hugePages(): string | null {
  try {
    const settings = readFileSync('/sys/kernel/mm/transparent_hugepage/enabled', 'latin1')
    return /\[(\w+)\]/.exec(settings)?.[1] ?? null
  } catch {
    return null
  }
}
