import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { View, parse } from 'vega'
import { type TopLevelSpec, compile } from 'vega-lite'
import type { Results } from './results.ts'

const folder = join(import.meta.dirname, '../../docs/benchmark')

const themes = {
  light: { ink: '#2b2621', faint: '#d8d0c4', bars: ['#a8481c', '#8a8f98', '#b5bac2', '#d3d6db'] },
  dark: { ink: '#ece5da', faint: '#4a443c', bars: ['#f0925f', '#8d939d', '#666c76', '#484d55'] },
}

type Theme = (typeof themes)['light']

/** Draws deliveries per CPU-second by load and server, as SVG for light and for dark pages. */
export async function writeCharts({ steady }: Results): Promise<void> {
  if (steady.length === 0) return
  mkdirSync(folder, { recursive: true })
  for (const [name, theme] of Object.entries(themes)) {
    const svg = await new View(parse(compile(specOf(steady, theme)).spec), { renderer: 'none' }).toSVG()
    writeFileSync(join(folder, `deliveries-${name}.svg`), `${svg}\n`)
  }
}

function specOf(steady: Results['steady'], { ink, faint, bars }: Theme): TopLevelSpec {
  const values = steady.flatMap(({ readers, rate, of }) =>
    Object.entries(of).map(([server, { perCpuSecond }]) => ({
      load: `${readers.toLocaleString('en')} readers, ${rate.toLocaleString('en')} messages/s`,
      server,
      perCpuSecond,
    })),
  )
  const servers = [...new Set(values.map(({ server }) => server))]
  const loads = [...new Set(values.map(({ load }) => load))]
  return {
    background: 'transparent',
    title: {
      text: 'Deliveries per CPU-second of the server, logarithmic',
      anchor: 'start',
      color: ink,
      fontSize: 15,
    },
    config: {
      font: 'system-ui, sans-serif',
      view: { stroke: null },
      axis: { labelColor: ink, titleColor: ink, gridColor: faint, domainColor: faint, tickColor: faint },
    },
    data: { values },
    facet: {
      row: {
        field: 'load',
        sort: loads,
        title: null,
        header: {
          labelColor: ink,
          labelFontSize: 13,
          labelAngle: 0,
          labelAlign: 'left',
          labelOrient: 'top',
          labelAnchor: 'start',
        },
      },
    },
    spec: {
      width: 560,
      height: { step: 24 },
      encoding: {
        y: {
          field: 'server',
          type: 'nominal',
          sort: servers,
          title: null,
          axis: { labelFontSize: 12, labelLimit: 160 },
        },
        x: {
          field: 'perCpuSecond',
          type: 'quantitative',
          title: null,
          scale: { type: 'log', domainMin: 10_000 },
          axis: { format: '~s', tickCount: 4 },
        },
      },
      layer: [
        {
          mark: { type: 'bar', cornerRadiusEnd: 2 },
          encoding: {
            x2: { datum: 10_000 },
            color: { field: 'server', sort: servers, scale: { domain: servers, range: bars }, legend: null },
          },
        },
        {
          mark: { type: 'text', align: 'left', dx: 5, color: ink },
          encoding: { text: { field: 'perCpuSecond', type: 'quantitative', format: '.3~s' } },
        },
      ],
    },
  }
}
